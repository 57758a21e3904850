/** What lies inside archives. It belongs to contents, wherever they lie, as verdicts do. */
export const nestedContents = [
  // engine_id: the fingerprint of what opened the archive. path: raw, '' for what a packed stream holds.
  `CREATE TABLE content_member (
    container_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    content_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (container_id, engine_id, ordinal)
  ) WITHOUT ROWID`,
  'CREATE INDEX content_member_content ON content_member (content_id, engine_id, container_id)',

  // Archives of which all that lies inside was judged. engine_id: what opened it together with all engines that judged. See OpenedContent.
  `CREATE TABLE content_opened (
    content_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    levels INTEGER NOT NULL,
    height INTEGER NOT NULL,
    skipped TEXT NOT NULL,
    PRIMARY KEY (content_id, engine_id, levels)
  ) WITHOUT ROWID`,

  // Detections that depend on the path inside the archive. engine_id: who judged.
  `CREATE TABLE member_detection (
    container_id INTEGER NOT NULL,
    opener_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    detections TEXT NOT NULL,
    PRIMARY KEY (container_id, opener_id, ordinal, engine_id)
  ) WITHOUT ROWID`,
  'CREATE INDEX member_detection_engine ON member_detection (engine_id, container_id)',
] as const;
