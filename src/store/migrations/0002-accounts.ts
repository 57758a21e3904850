/** Accounts, policies of keys, and the record of calls that change something. The account `default` has always been there. */
export const accounts = [
  'CREATE TABLE account (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL) WITHOUT ROWID',
  "INSERT INTO account (id, name, created_at) VALUES ('default', 'default', 0)",
  `CREATE TABLE policy (
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, name)
  ) WITHOUT ROWID`,
  // A key without rows is its account's owner key. With them it may do what they allow, also when a policy is gone.
  'CREATE TABLE key_policy (secret_id TEXT NOT NULL, policy TEXT NOT NULL, PRIMARY KEY (secret_id, policy)) WITHOUT ROWID',
  `CREATE TABLE audit_record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    cloud TEXT NOT NULL,
    key_id TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    request_id TEXT NOT NULL,
    code TEXT NOT NULL,
    input TEXT NOT NULL
  )`,
  'CREATE INDEX audit_record_time ON audit_record (account_id, at)',
] as const;
