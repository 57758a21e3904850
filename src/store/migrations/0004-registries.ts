/** What is known of registries beyond their names, their syncs, and settings of timed scans. */
export const registries = [
  'ALTER TABLE registry ADD COLUMN insecure INTEGER NOT NULL DEFAULT 0',
  "ALTER TABLE registry ADD COLUMN username TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE registry ADD COLUMN secret TEXT NOT NULL DEFAULT ''",
  "ALTER TABLE registry ADD COLUMN policy TEXT NOT NULL DEFAULT '{}'",
  'ALTER TABLE registry ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE registry ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0',
  "ALTER TABLE registry ADD COLUMN sync_state TEXT NOT NULL DEFAULT 'never'",
  'ALTER TABLE registry ADD COLUMN sync_started INTEGER',
  'ALTER TABLE registry ADD COLUMN sync_finished INTEGER',
  "ALTER TABLE registry ADD COLUMN sync_error TEXT NOT NULL DEFAULT ''",
  'ALTER TABLE registry ADD COLUMN sync_owner TEXT',
  'ALTER TABLE registry ADD COLUMN sync_lease INTEGER NOT NULL DEFAULT 0',
  'CREATE UNIQUE INDEX registry_name ON registry (account_id, name)',
  'CREATE INDEX registry_address ON registry (account_id, address)',
  // One row for each kind of timed scan an account has set: `local` and `registry`. `next_at` is when it is due, NULL while it is off.
  `CREATE TABLE scan_setting (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    next_at INTEGER,
    last_at INTEGER,
    last_result TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, kind)
  ) WITHOUT ROWID`,
] as const;
