/**
 * Findings of a sample in an image are counted where they are all alike, as most are: `alike` is 32 for each, and 5 times their severity, and their standing; 0 where they
 * differ in these or in when they were seen last.
 */
export const alikePairs = [
  'ALTER TABLE image_sample ADD COLUMN alike INTEGER NOT NULL DEFAULT 0',
  `UPDATE image_sample SET alike = coalesce((
     SELECT CASE WHEN min(f.severity) = max(f.severity) AND min(f.standing) = max(f.standing) AND min(f.last_seen) = max(f.last_seen)
       THEN 32 * count(*) + 5 * max(f.severity) + max(f.standing) ELSE 0 END
     FROM finding f INDEXED BY finding_sample WHERE f.account_id = image_sample.account_id AND f.image_key = image_sample.image_key AND f.standing > 0
       AND f.sha256 = (SELECT s.sha256 FROM sample s WHERE s.id = image_sample.sample_id)), 0)`,
] as const;
