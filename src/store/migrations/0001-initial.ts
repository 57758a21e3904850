/**
 * The first schema. What belongs to an account has `account_id` first in its keys, so that a database of several machines can
 * be split by it; `image_key` stands for an image id, which is 71 characters long and would fill the indexes of findings.
 */
export const initial = [
  'CREATE TABLE schema_version (version INTEGER NOT NULL)',

  `CREATE TABLE access_key (
    secret_id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL,
    secret_key TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
  )`,
  'CREATE INDEX access_key_account ON access_key (account_id, created_at)',

  'CREATE TABLE engine (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE)',

  `CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    md5 BLOB,
    sha1 BLOB,
    size INTEGER NOT NULL,
    file_type TEXT NOT NULL
  )`,

  // detections is NULL where the engine found nothing.
  `CREATE TABLE verdict (
    content_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    detections TEXT,
    PRIMARY KEY (content_id, engine_id)
  ) WITHOUT ROWID`,
  'CREATE INDEX verdict_detected ON verdict (engine_id, content_id) WHERE detections IS NOT NULL',

  // state: reading, finished, dropping (its entries are being deleted), replaced (by the finished layer of the same diff id).
  `CREATE TABLE layer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    diff_id TEXT NOT NULL,
    state TEXT NOT NULL,
    touched_at INTEGER NOT NULL,
    files INTEGER NOT NULL DEFAULT 0,
    contents INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    os_name TEXT NOT NULL DEFAULT '',
    skipped TEXT NOT NULL DEFAULT '[]'
  )`,
  "CREATE UNIQUE INDEX layer_finished ON layer (diff_id) WHERE state = 'finished'",
  "CREATE INDEX layer_unfinished ON layer (touched_at) WHERE state IN ('reading', 'dropping')",

  'CREATE TABLE layer_engine (layer_id INTEGER NOT NULL, engine_id INTEGER NOT NULL, PRIMARY KEY (layer_id, engine_id)) WITHOUT ROWID',

  // kind: the place in the list of sql/layers.ts; 1 is a hard link.
  `CREATE TABLE file_entry (
    layer_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    content_id INTEGER,
    size INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (layer_id, path, ordinal)
  ) WITHOUT ROWID`,
  'CREATE INDEX file_entry_content ON file_entry (layer_id, content_id) WHERE content_id IS NOT NULL',
  'CREATE INDEX file_entry_open_link ON file_entry (layer_id, kind, content_id, link) WHERE kind = 1 AND content_id IS NULL',

  // What finish() must resolve: contents that were not saved yet (sha256), and hard links (NULL).
  `CREATE TABLE entry_pending (
    layer_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 BLOB,
    PRIMARY KEY (layer_id, ordinal, path)
  ) WITHOUT ROWID`,

  `CREATE TABLE place_detection (
    layer_id INTEGER NOT NULL,
    engine_id INTEGER NOT NULL,
    path TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    detections TEXT NOT NULL,
    PRIMARY KEY (layer_id, engine_id, path, ordinal)
  ) WITHOUT ROWID`,

  // Names ending in _folded are in lower case, for searching. scan_time: when the scan ended, else when it began, 0 without one.
  `CREATE TABLE image (
    image_key INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    id_folded TEXT NOT NULL,
    digest TEXT NOT NULL,
    reference TEXT NOT NULL,
    reference_folded TEXT NOT NULL,
    platform TEXT NOT NULL,
    created TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    author TEXT NOT NULL,
    size INTEGER NOT NULL,
    source_target TEXT NOT NULL,
    source_platform TEXT NOT NULL,
    source_insecure INTEGER NOT NULL,
    os_name TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    scan_state TEXT,
    scan_started INTEGER,
    scan_finished INTEGER,
    scan_time INTEGER NOT NULL DEFAULT 0,
    scan_touched INTEGER NOT NULL DEFAULT 0,
    scan_progress INTEGER NOT NULL DEFAULT 0,
    scan_remaining INTEGER NOT NULL DEFAULT 0,
    scan_error TEXT NOT NULL DEFAULT '',
    scan_complete INTEGER NOT NULL DEFAULT 0,
    scan_stats TEXT,
    visible_findings INTEGER NOT NULL DEFAULT 0,
    findings INTEGER NOT NULL DEFAULT 0,
    findings_revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_id, id)
  )`,
  "CREATE INDEX image_running ON image (scan_touched) WHERE scan_state = 'running'",
  'CREATE INDEX image_last_seen ON image (account_id, last_seen)',
  'CREATE INDEX image_created ON image (account_id, created_at)',
  'CREATE INDEX image_size ON image (account_id, size)',
  'CREATE INDEX image_name ON image (account_id, reference_folded)',
  'CREATE INDEX image_scan_time ON image (account_id, scan_time)',
  'CREATE INDEX image_findings ON image (account_id, visible_findings)',

  `CREATE TABLE image_layer (
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    position INTEGER NOT NULL,
    digest TEXT NOT NULL,
    diff_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (account_id, image_key, position)
  ) WITHOUT ROWID`,

  // Many findings share a verdict. digest: SHA-256 of body.
  'CREATE TABLE finding_verdict (id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, digest BLOB NOT NULL, body TEXT NOT NULL, UNIQUE (account_id, digest))',

  // severity: 0 notice to 4 critical. AUTOINCREMENT, so that the id of a finding that is gone never comes back as another's.
  `CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    hidden INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    size INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_name_folded TEXT NOT NULL,
    path TEXT NOT NULL,
    layer TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    md5 BLOB NOT NULL,
    sha1 BLOB NOT NULL,
    file_type TEXT NOT NULL,
    verdict_id INTEGER NOT NULL
  )`,
  // hidden stands last, so that a page of visible findings is cut without a look at the rows themselves; id, since lists are sorted by it at last.
  'CREATE INDEX finding_last_seen ON finding (account_id, image_key, last_seen, id, hidden)',
  'CREATE INDEX finding_first_seen ON finding (account_id, image_key, first_seen, id, hidden)',
  'CREATE INDEX finding_severity ON finding (account_id, image_key, severity, id, hidden)',
  'CREATE INDEX finding_path ON finding (account_id, image_key, path, id, hidden)',
  'CREATE INDEX finding_size ON finding (account_id, image_key, size, id, hidden)',
  'CREATE INDEX finding_name ON finding (account_id, image_key, name, id, hidden)',
  'CREATE INDEX finding_file_name ON finding (account_id, image_key, file_name, id, hidden)',
  'CREATE INDEX finding_of_verdict ON finding (verdict_id)',

  `CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    deadline INTEGER NOT NULL,
    state TEXT NOT NULL,
    timeout_seconds INTEGER NOT NULL,
    total INTEGER NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0,
    succeeded INTEGER NOT NULL DEFAULT 0,
    infected INTEGER NOT NULL DEFAULT 0
  )`,
  'CREATE INDEX task_account ON task (account_id, id)',

  `CREATE TABLE task_image (
    account_id TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    image_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    owner TEXT,
    lease_until INTEGER,
    PRIMARY KEY (account_id, task_id, image_id)
  ) WITHOUT ROWID`,
  "CREATE INDEX task_image_open ON task_image (state, task_id, position) WHERE state IN ('queued', 'running')",
  "CREATE UNIQUE INDEX task_image_busy ON task_image (account_id, image_id) WHERE state IN ('queued', 'running')",
] as const;
