/**
 * `finding.standing` 4: in the image as before, but fixed in the image that has its tags now. Such findings stood at 2 and were missing from the
 * lists and counters of their image.
 */
export const leftFindings = [
  'UPDATE finding SET standing = 4, rule_id = NULL WHERE superseded = 1 AND standing = 2',
  `UPDATE image SET findings_revision = findings_revision + 1,
    findings = (SELECT count(*) FROM finding f WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.standing IN (0, 1, 4)),
    settled_findings = (SELECT count(*) FROM finding f WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.standing IN (2, 3)),
    visible_findings = (SELECT count(*) FROM finding f WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.standing IN (1, 4)),
    ${[4, 3, 2, 1, 0].map((rank) => `open_${rank} = (SELECT count(*) FROM finding f WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.severity = ${rank} AND f.standing IN (1, 4))`).join(',\n    ')}
    WHERE EXISTS (SELECT 1 FROM finding f WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.standing = 4)`,
] as const;
