/** How many members of an archive were judged stands with its detection, so that lists of members are counted without reading them. */
export const countedMembers = [
  'ALTER TABLE file_detection ADD COLUMN members INTEGER NOT NULL DEFAULT 0',
  'UPDATE file_detection SET members = (SELECT count(*) FROM file_detection_member m WHERE m.account_id = file_detection.account_id AND m.detection_id = file_detection.id)',
  'CREATE INDEX file_detection_members ON file_detection (account_id, id, expires_at, members) WHERE members > 0',
] as const;
