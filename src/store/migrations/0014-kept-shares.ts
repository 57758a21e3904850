/**
 * What every image has of every sample, and findings counted by image, severity and standing, so that lists over all images count nothing; names of malware,
 * each indexed once; and times that a scan need not write to findings that it saw again. `finding.last_seen` and `verified_at`: below 2^52 the time itself; 2^52 stands
 * for the image's `seen_at`; what is greater is 2^52 and the time at which a scan that has not ended yet saw it. So they sort as the times do.
 */
export const keptShares = [
  'ALTER TABLE image ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0',
  // 1 once a scan has come to its end.
  'ALTER TABLE image ADD COLUMN seen_whole INTEGER NOT NULL DEFAULT 0',
  // Digest of the findings that the latest whole scan saw, while they are as it left them.
  'ALTER TABLE image ADD COLUMN seen_digest BLOB',
  'UPDATE image SET seen_at = coalesce((SELECT max(last_seen) FROM finding f WHERE f.account_id = image.account_id AND f.image_key = image.image_key), 0)',
  "UPDATE image SET seen_whole = 1 WHERE seen_at > 0 AND coalesce(scan_state, '') NOT IN ('queued', 'running')",

  // Orders that are asked for seldom are sorted when they are; each index costs every finding that is written.
  ...['finding_recent', 'finding_oldest', 'finding_worst', 'finding_sample', 'finding_first_seen', 'finding_size', 'finding_name', 'finding_file_name'].map(
    (name) => `DROP INDEX ${name}`,
  ),
  ...['finding_counted', 'finding_uncounted', 'finding_shown', 'sample_counted', 'sample_uncounted'].map((name) => `DROP TRIGGER ${name}`),
  `UPDATE finding SET verified_at = CASE WHEN verified_at = last_seen THEN 4503599627370496 ELSE verified_at END, last_seen = 4503599627370496
    WHERE standing <> 2 AND last_seen = (SELECT seen_at FROM image i WHERE i.image_key = finding.image_key)`,
  'CREATE INDEX finding_sample ON finding (account_id, sha256, image_key, standing, severity, last_seen, first_seen)',

  'CREATE TABLE malware_name (id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL, name TEXT NOT NULL, name_folded TEXT NOT NULL, UNIQUE (account_id, name))',
  "CREATE VIRTUAL TABLE malware_name_text USING fts5 (name, tokenize = 'trigram', content = '', contentless_delete = 1)",
  `CREATE TRIGGER malware_name_added AFTER INSERT ON malware_name BEGIN INSERT INTO malware_name_text (rowid, name) VALUES (new.id, new.name_folded); END`,
  ...['sample_text_added', 'sample_text_changed', 'sample_text_removed'].map((name) => `DROP TRIGGER ${name}`),
  'DROP TABLE sample_text',
  'INSERT INTO malware_name (account_id, name, name_folded) SELECT account_id, name, max(name_folded) FROM sample GROUP BY account_id, name',
  'ALTER TABLE sample ADD COLUMN name_id INTEGER NOT NULL DEFAULT 0',
  'UPDATE sample SET name_id = (SELECT n.id FROM malware_name n WHERE n.account_id = sample.account_id AND n.name = sample.name)',
  ...['sample_last_seen', 'sample_first_seen', 'sample_severity', 'sample_images', 'sample_name'].map((name) => `DROP INDEX ${name}`),
  'CREATE INDEX sample_last_seen ON sample (account_id, last_seen, id, severity, standing, name_id)',
  'CREATE INDEX sample_severity ON sample (account_id, severity, standing, name_id)',
  'CREATE INDEX sample_name ON sample (account_id, name_id, severity, last_seen, id, standing)',

  // best: 3 where the sample is open in the image, else 2 where it is allowed, else 1. last_seen as in finding.
  `CREATE TABLE image_sample (
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    sample_id INTEGER NOT NULL,
    best INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    PRIMARY KEY (account_id, image_key, sample_id)
  ) WITHOUT ROWID`,
  `INSERT INTO image_sample SELECT f.account_id, f.image_key, s.id, max(CASE f.standing WHEN 1 THEN 3 WHEN 3 THEN 2 ELSE 1 END), min(f.first_seen), max(f.last_seen)
    FROM finding f JOIN sample s ON s.account_id = f.account_id AND s.sha256 = f.sha256 WHERE f.standing > 0 GROUP BY f.account_id, f.image_key, s.id`,

  // Findings that are not hidden, by image and by when they were seen last.
  `CREATE TABLE finding_group (
    account_id TEXT NOT NULL,
    image_key INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    standing INTEGER NOT NULL,
    total INTEGER NOT NULL,
    PRIMARY KEY (account_id, image_key, last_seen, severity, standing)
  ) WITHOUT ROWID`,
  `INSERT INTO finding_group SELECT account_id, image_key, last_seen, severity, standing, count(*) FROM finding WHERE standing > 0
    GROUP BY account_id, image_key, last_seen, severity, standing`,

  // number: greater than that of every earlier change of what an image of the account has. Images that are gone keep theirs.
  'CREATE TABLE image_change (account_id TEXT NOT NULL, image_key INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (account_id, image_key)) WITHOUT ROWID',
  'CREATE INDEX image_change_number ON image_change (account_id, number)',
  'INSERT INTO image_change SELECT DISTINCT account_id, image_key, 1 FROM finding_group',
] as const;
