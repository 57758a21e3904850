/** Files handed in one by one, and how often each account did so. */
export const fileDetection = [
  // result: a JudgedFile as JSON. md5 and sha256 repeat what is in it, for searching. expires_at is NULL until it has ended.
  `CREATE TABLE file_detection (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    hash_key TEXT NOT NULL,
    file TEXT NOT NULL,
    url TEXT NOT NULL,
    unpack_layers INTEGER,
    unpack_files INTEGER,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until INTEGER,
    failure TEXT,
    message TEXT NOT NULL DEFAULT '',
    md5 TEXT,
    sha256 TEXT,
    result TEXT
  )`,
  'CREATE UNIQUE INDEX file_detection_hash ON file_detection (account_id, hash_key)',
  'CREATE INDEX file_detection_md5 ON file_detection (account_id, md5) WHERE md5 IS NOT NULL',
  'CREATE INDEX file_detection_sha256 ON file_detection (account_id, sha256) WHERE sha256 IS NOT NULL',
  "CREATE INDEX file_detection_open ON file_detection (state, id) WHERE state IN ('queued', 'running')",
  'CREATE INDEX file_detection_expires ON file_detection (expires_at) WHERE expires_at IS NOT NULL',
  "CREATE INDEX file_detection_file ON file_detection (file) WHERE file <> ''",

  `CREATE TABLE file_detection_member (
    account_id TEXT NOT NULL,
    detection_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    member TEXT NOT NULL,
    PRIMARY KEY (account_id, detection_id, position)
  ) WITHOUT ROWID`,

  'CREATE TABLE file_detection_count (account_id TEXT NOT NULL PRIMARY KEY, submissions INTEGER NOT NULL)',
] as const;
