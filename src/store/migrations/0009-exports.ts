/** Export jobs, who asked for a scan task, and the order of images by hosts. */
export const exports = [
  // request: an ExportRequest as JSON. expires_at is when the job and its file go.
  `CREATE TABLE export_job (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    progress REAL NOT NULL DEFAULT 0,
    failure TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until INTEGER
  )`,
  'CREATE INDEX export_job_account ON export_job (account_id, created_at, key)',
  "CREATE INDEX export_job_open ON export_job (state, key) WHERE state IN ('queued', 'running')",
  'CREATE INDEX export_job_expires ON export_job (expires_at)',

  "ALTER TABLE task ADD COLUMN origin TEXT NOT NULL DEFAULT 'asked'",
  'CREATE INDEX task_origin ON task (account_id, origin, id)',
  'CREATE INDEX image_by_hosts ON image (account_id, hosts)',
] as const;
