type Told = keyof typeof told;

/** What a row of `repository_image` has of its image, and what that is of a row of `image`. */
const told = {
  created_at: { column: 'created_at', of: (row: string) => `${row}.created_at` },
  size: { column: 'size', of: (row: string) => `${row}.size` },
  reference_folded: { column: 'reference_folded', of: (row: string) => `${row}.reference_folded` },
  scan_time: { column: 'scan_time', of: (row: string) => `${row}.scan_time` },
  scan_state: { column: 'scan_state', of: (row: string) => `coalesce(${row}.scan_state, 'never')` },
  visible_findings: { column: 'visible_findings', of: (row: string) => `${row}.visible_findings` },
  infected: { column: 'visible_findings', of: (row: string) => `(${row}.visible_findings > 0)` },
  scanned: { column: 'scanned_at', of: (row: string) => `(${row}.scanned_at > 0)` },
  local: { column: 'local', of: (row: string) => `${row}.local` },
} as const;
const everything = Object.keys(told) as readonly Told[];

/**
 * Lists of images, of tags and of repositories, and their totals, each walk along one index that has all that they are ordered and filtered by. A row of
 * `repository_image` has for that what its image says of itself, and whether it is the newest current one of its repository (`latest`): by the time at which the image was
 * made, then by id. Triggers keep both.
 */
export const coveredLists = [
  ...[
    ['last_seen', 'image_last_seen'],
    ['created_at', 'image_created'],
    ['size', 'image_size'],
    ['reference_folded', 'image_name'],
    ['scan_time', 'image_scan_time'],
    ['visible_findings', 'image_findings'],
    ['hosts', 'image_by_hosts'],
  ].flatMap(([column, name]) => {
    const others = ['image_key', 'local', 'scan_state', 'visible_findings', 'scanned_at', 'reference_folded', 'id_folded'].filter((other) => other !== column);
    return [`DROP INDEX ${name}`, `CREATE INDEX ${name} ON image (account_id, ${column}, ${others.join(', ')})`];
  }),
  // The upsert that changes an image decides about conflicts in triggers too, so that `OR REPLACE` replaced nothing.
  'DROP TRIGGER image_text_changed',
  `CREATE TRIGGER image_text_changed AFTER UPDATE OF reference_folded ON image WHEN old.reference_folded <> new.reference_folded BEGIN
    DELETE FROM image_text WHERE rowid = new.image_key;
    INSERT INTO image_text (rowid, reference, id) VALUES (new.image_key, new.reference_folded, new.id_folded);
  END`,
  "INSERT INTO image_text (image_text) VALUES ('delete-all')",
  'INSERT INTO image_text (rowid, reference, id) SELECT image_key, reference_folded, id_folded FROM image',
  // Ids without a look at the images.
  'CREATE INDEX image_ids ON image (account_id, image_key, id_folded, id)',
  // Nearly no id has other letters than these.
  "CREATE INDEX image_odd_id ON image (account_id, id_folded) WHERE id_folded GLOB '*[^0-9a-f:hs]*'",

  'ALTER TABLE repository_image ADD COLUMN tag_folded TEXT AS (lower(tag)) VIRTUAL',
  ...['created_at', 'size', 'scan_time', 'visible_findings', 'infected', 'scanned', 'local', 'latest'].map(
    (column) => `ALTER TABLE repository_image ADD COLUMN ${column} INTEGER NOT NULL DEFAULT 0`,
  ),
  "ALTER TABLE repository_image ADD COLUMN reference_folded TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE repository_image ADD COLUMN scan_state TEXT NOT NULL DEFAULT 'never'",
  `UPDATE repository_image SET ${setOf(everything, 'i')} FROM image i WHERE i.image_key = repository_image.image_key`,

  ...['tags', 'tag', 'of', 'seen', 'text'].map((name) => `DROP INDEX repository_image_${name}`),
  'CREATE INDEX repository_image_tags ON repository_image (account_id, repository_id, current, created_at, id, tag_folded, image_key)',
  'CREATE INDEX repository_image_tag ON repository_image (account_id, tag, current, repository_id, image_key)',
  'CREATE INDEX repository_image_of ON repository_image (account_id, image_key, current, last_seen, registry_id, repository_id, tag_folded, scan_state, infected, scanned, local)',
  'CREATE INDEX repository_image_latest ON repository_image (account_id, repository_id) WHERE latest = 1',
  ...[
    ['last_seen, id, image_key', 'seen'],
    ['created_at, image_key, id', 'created'],
    ['size, image_key, id', 'size'],
    ['reference_folded, image_key, id', 'name'],
    ['scan_time, image_key, id', 'scanned'],
    ['visible_findings, image_key, id', 'findings'],
  ].map(
    ([columns, name]) =>
      `CREATE INDEX repository_image_${name} ON repository_image (account_id, current, ${columns}, registry_id, repository_id, scan_state, infected, latest, tag_folded)`,
  ),
  `UPDATE repository_image SET latest = 1 WHERE current = 1 AND id = ${newestOf('repository_image')}`,

  `CREATE TRIGGER repository_image_added AFTER INSERT ON repository_image BEGIN ${takeFromImage('new')} ${settleLatest('new')} END`,
  `CREATE TRIGGER repository_image_renamed AFTER UPDATE OF image_key ON repository_image WHEN old.image_key <> new.image_key BEGIN ${takeFromImage('new')} END`,
  `CREATE TRIGGER repository_image_changed AFTER UPDATE OF current, created_at ON repository_image
    WHEN (old.current, old.created_at) <> (new.current, new.created_at) BEGIN ${settleLatest('new')} END`,
  `CREATE TRIGGER repository_image_removed AFTER DELETE ON repository_image WHEN old.latest = 1 BEGIN ${settleLatest('old')} END`,
  // By parts, since each column stands in other indexes.
  tellTags('image_made', ['created_at', 'size', 'reference_folded']),
  tellTags('image_scan_told', ['scan_time', 'scan_state']),
  tellTags('image_findings_told', ['visible_findings']),
  tellTags('image_infected', ['infected']),
  tellTags('image_scanned', ['scanned']),
  tellTags('image_local', ['local']),
];

function setOf(columns: readonly Told[], row: string): string {
  return columns.map((column) => `${column} = ${told[column].of(row)}`).join(', ');
}

function takeFromImage(row: string): string {
  return `UPDATE repository_image SET ${setOf(everything, 'i')} FROM image i WHERE i.image_key = ${row}.image_key AND repository_image.id = ${row}.id;`;
}

function tellTags(name: string, columns: readonly Told[]): string {
  const valuesOf = (row: string): string => columns.map((column) => told[column].of(row)).join(', ');
  return `CREATE TRIGGER ${name} AFTER UPDATE OF ${columns.map((column) => told[column].column).join(', ')} ON image WHEN (${valuesOf('old')}) <> (${valuesOf('new')}) BEGIN
    UPDATE repository_image SET ${setOf(columns, 'new')} WHERE account_id = new.account_id AND image_key = new.image_key;
  END`;
}

function newestOf(row: string): string {
  return `(SELECT n.id FROM repository_image n WHERE n.account_id = ${row}.account_id AND n.repository_id = ${row}.repository_id AND n.current = 1
    ORDER BY n.created_at DESC, n.id DESC LIMIT 1)`;
}

function settleLatest(row: string): string {
  return `UPDATE repository_image SET latest = 0 WHERE account_id = ${row}.account_id AND repository_id = ${row}.repository_id AND latest = 1 AND id IS NOT ${newestOf(row)};
    UPDATE repository_image SET latest = 1 WHERE id = ${newestOf(row)} AND latest = 0;`;
}
