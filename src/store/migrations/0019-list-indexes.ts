/**
 * Indexes that hold whatever lists of images are filtered by, so that a page far down, or a total, costs a walk along one of them and no look at the images.
 */
export const listIndexes = [
  ...[
    ['last_seen', 'image_last_seen'],
    ['created_at', 'image_created'],
    ['size', 'image_size'],
    ['reference_folded', 'image_name'],
    ['scan_time', 'image_scan_time'],
    ['visible_findings', 'image_findings'],
    ['hosts', 'image_by_hosts'],
  ].flatMap(([column, name]) => [
    `DROP INDEX ${name}`,
    `CREATE INDEX ${name} ON image (account_id, ${column}, image_key, local, scan_state, visible_findings, scanned_at)`,
  ]),
  'CREATE INDEX image_id_folded ON image (account_id, id_folded, image_key)',
  'CREATE INDEX repository_image_tag ON repository_image (account_id, tag)',
  'DROP INDEX repository_image_of',
  'CREATE INDEX repository_image_of ON repository_image (account_id, image_key, current, last_seen, registry_id, repository_id)',
] as const;
