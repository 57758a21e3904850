/**
 * Repositories and tags, findings that stay after they are gone, samples over all images, allow rules, and indexes for searching parts of
 * names. `finding.standing`: 0 hidden, 1 open, 2 fixed, 3 allowed; rows with 1 are what lists of an image show. `superseded` tells findings that
 * are fixed because their tag moved on from those that a scan did not see any more. `tally` holds totals that a query would have to count.
 */
export const findingsOverTime = [
  `CREATE TABLE registry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    region TEXT NOT NULL
  )`,

  `CREATE TABLE repository (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    registry_id INTEGER NOT NULL,
    namespace TEXT NOT NULL,
    namespace_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    images INTEGER NOT NULL DEFAULT 0,
    infected INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, registry_id, namespace, name)
  )`,
  'CREATE INDEX repository_last_seen ON repository (account_id, last_seen)',
  'CREATE INDEX repository_name ON repository (account_id, name_folded)',
  'CREATE INDEX repository_images ON repository (account_id, images)',

  `CREATE TABLE repository_image (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    repository_id INTEGER NOT NULL,
    registry_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    digest TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    current INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    UNIQUE (account_id, repository_id, tag, digest, image_key)
  )`,
  'CREATE INDEX repository_image_of ON repository_image (account_id, image_key, current, last_seen)',
  'CREATE INDEX repository_image_tags ON repository_image (account_id, repository_id, current, last_seen)',
  'CREATE INDEX repository_image_seen ON repository_image (account_id, current, last_seen)',

  'ALTER TABLE image ADD COLUMN repository_id INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE image ADD COLUMN registry_id INTEGER NOT NULL DEFAULT 0',
  "ALTER TABLE image ADD COLUMN namespace TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE image ADD COLUMN repository TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE image ADD COLUMN tag TEXT NOT NULL DEFAULT ''",
  'ALTER TABLE image ADD COLUMN local INTEGER NOT NULL DEFAULT 1',
  'ALTER TABLE image ADD COLUMN hosts INTEGER NOT NULL DEFAULT 0',
  // Open visible findings by severity, critical first.
  ...[4, 3, 2, 1, 0].map((rank) => `ALTER TABLE image ADD COLUMN open_${rank} INTEGER NOT NULL DEFAULT 0`),
  'CREATE INDEX image_repository ON image (account_id, repository_id)',
  "CREATE INDEX image_open_scan ON image (account_id, scan_state) WHERE scan_state IN ('queued', 'running')",
  'CREATE INDEX image_never ON image (account_id, image_key) WHERE scan_state IS NULL',
  'CREATE INDEX image_digest ON image (account_id, digest)',
  'CREATE INDEX image_layer_digest ON image_layer (account_id, digest)',
  'CREATE INDEX image_layer_diff ON image_layer (account_id, diff_id)',

  `CREATE TABLE image_host (
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    host_id TEXT NOT NULL,
    host_name TEXT NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (account_id, image_key, host_id)
  ) WITHOUT ROWID`,
  'CREATE INDEX image_host_host ON image_host (account_id, host_id, image_key)',

  // Rows are those of image, found by any part of at least three characters.
  "CREATE VIRTUAL TABLE image_text USING fts5 (reference, id, tokenize = 'trigram', content = '', contentless_delete = 1)",
  'INSERT INTO image_text (rowid, reference, id) SELECT image_key, reference_folded, id_folded FROM image',
  `CREATE TRIGGER image_text_added AFTER INSERT ON image BEGIN
    INSERT INTO image_text (rowid, reference, id) VALUES (new.image_key, new.reference_folded, new.id_folded);
  END`,
  `CREATE TRIGGER image_text_changed AFTER UPDATE OF reference_folded ON image WHEN old.reference_folded <> new.reference_folded BEGIN
    INSERT OR REPLACE INTO image_text (rowid, reference, id) VALUES (new.image_key, new.reference_folded, new.id_folded);
  END`,
  'CREATE TRIGGER image_text_removed AFTER DELETE ON image BEGIN DELETE FROM image_text WHERE rowid = old.image_key; END',

  'ALTER TABLE finding ADD COLUMN standing INTEGER NOT NULL DEFAULT 1',
  'ALTER TABLE finding ADD COLUMN verified_at INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE finding ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE finding ADD COLUMN rule_id INTEGER',
  'UPDATE finding SET standing = 1 - hidden, verified_at = last_seen',
  ...['last_seen', 'first_seen', 'severity', 'path', 'size', 'name', 'file_name'].flatMap((column) => [
    `DROP INDEX finding_${column}`,
    `CREATE INDEX finding_${column} ON finding (account_id, image_key, ${column}, id, standing)`,
  ]),
  'CREATE INDEX finding_sample ON finding (account_id, sha256, image_key, standing)',
  'CREATE INDEX finding_recent ON finding (account_id, last_seen, id, standing, severity)',
  'CREATE INDEX finding_oldest ON finding (account_id, first_seen, id, standing, severity)',
  'CREATE INDEX finding_worst ON finding (account_id, severity, id, standing)',
  'CREATE INDEX finding_rule ON finding (rule_id) WHERE rule_id IS NOT NULL',

  // One malicious content of an account. Counters are of images, each in the best-known state: open before allowed before fixed.
  `CREATE TABLE sample (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    md5 BLOB NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    severity INTEGER NOT NULL,
    tags TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    open INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    fixed INTEGER NOT NULL,
    images INTEGER AS (CASE WHEN open + allowed > 0 THEN open + allowed ELSE fixed END) STORED,
    standing INTEGER AS (CASE WHEN open > 0 THEN 1 WHEN allowed > 0 THEN 3 ELSE 2 END) STORED,
    UNIQUE (account_id, sha256)
  )`,
  'CREATE INDEX sample_last_seen ON sample (account_id, last_seen, id, standing, severity)',
  'CREATE INDEX sample_first_seen ON sample (account_id, first_seen, id, standing, severity)',
  'CREATE INDEX sample_severity ON sample (account_id, severity, id, standing)',
  'CREATE INDEX sample_images ON sample (account_id, images, id, standing)',
  'CREATE INDEX sample_name ON sample (account_id, name, id)',
  'CREATE INDEX sample_md5 ON sample (account_id, md5)',
  "CREATE VIRTUAL TABLE sample_text USING fts5 (name, tokenize = 'trigram', content = '', contentless_delete = 1)",
  'CREATE TRIGGER sample_text_added AFTER INSERT ON sample BEGIN INSERT INTO sample_text (rowid, name) VALUES (new.id, new.name_folded); END',
  `CREATE TRIGGER sample_text_changed AFTER UPDATE OF name_folded ON sample WHEN old.name_folded <> new.name_folded BEGIN
    INSERT OR REPLACE INTO sample_text (rowid, name) VALUES (new.id, new.name_folded);
  END`,
  'CREATE TRIGGER sample_text_removed AFTER DELETE ON sample BEGIN DELETE FROM sample_text WHERE rowid = old.id; END',

  'CREATE TABLE tally (account_id TEXT NOT NULL, noun TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (account_id, noun)) WITHOUT ROWID',
  ...tallied('image', 'image'),
  ...tallied('sample', 'sample'),
  ...tallied('repository', 'repository'),
  ...tallied('finding', 'finding', 'standing > 0'),
  `CREATE TRIGGER finding_shown AFTER UPDATE OF standing ON finding WHEN (old.standing > 0) <> (new.standing > 0) BEGIN
    ${addTo('finding', 'new.account_id', '(new.standing > 0) - (old.standing > 0)')}
  END`,

  `CREATE TABLE allow_rule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    list TEXT NOT NULL,
    conditions TEXT NOT NULL,
    repositories TEXT NOT NULL,
    image_ids TEXT NOT NULL,
    note TEXT NOT NULL,
    extra TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  )`,
  'CREATE INDEX allow_rule_list ON allow_rule (account_id, list, id)',

  ...[4, 3, 2, 1, 0].map(
    (rank) =>
      `UPDATE image SET open_${rank} = (SELECT count(*) FROM finding f
        WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.severity = ${rank} AND f.standing = 1)`,
  ),
  // What was found before is open, in each image once.
  `INSERT INTO sample (account_id, sha256, md5, name, name_folded, severity, tags, first_seen, last_seen, open, allowed, fixed)
    SELECT f.account_id, f.sha256, max(f.md5), max(f.name), max(f.name_folded), max(f.severity), coalesce(max(json_extract(v.body, '$.tags')), '[]'),
      min(f.first_seen), max(f.last_seen), count(DISTINCT f.image_key), 0, 0
    FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id WHERE f.standing = 1 GROUP BY f.account_id, f.sha256`,
];

function addTo(noun: string, account: string, value: string): string {
  return `INSERT INTO tally (account_id, noun, value) VALUES (${account}, '${noun}', ${value}) ON CONFLICT DO UPDATE SET value = value + excluded.value;`;
}

// A total of a table's rows for each account, kept by triggers from now on.
function tallied(table: string, noun: string, condition?: string): readonly string[] {
  const when = (row: string): string => (condition === undefined ? '' : `WHEN ${row}.${condition}`);
  return [
    `INSERT INTO tally (account_id, noun, value) SELECT account_id, '${noun}', count(*) FROM ${table} ${condition === undefined ? '' : `WHERE ${condition}`} GROUP BY account_id`,
    `CREATE TRIGGER ${table}_counted AFTER INSERT ON ${table} ${when('new')} BEGIN ${addTo(noun, 'new.account_id', '1')} END`,
    `CREATE TRIGGER ${table}_uncounted AFTER DELETE ON ${table} ${when('old')} BEGIN ${addTo(noun, 'old.account_id', '-1')} END`,
  ];
}
