/** The number by which clouds name an account's owner, and an index by which old audit records are found. */
export const accountOwners = [
  "ALTER TABLE account ADD COLUMN owner_id TEXT NOT NULL DEFAULT ''",
  // Accounts that were made have such a number as their id; the one that was always there gets a number of its own.
  "UPDATE account SET owner_id = CASE WHEN id = 'default' THEN CAST(100000000000 + abs(random() % 900000000000) AS TEXT) ELSE id END",
  'CREATE INDEX audit_record_age ON audit_record (at)',
] as const;
