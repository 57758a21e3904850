/** Nobody asks images for how many findings are fixed or allowed: lists of findings tell. The totals of migration 0012 go on without that number. */
export const imageTotals = [
  ...['image_shared', 'image_unshared', 'image_share_changed'].map((name) => `DROP TRIGGER ${name}`),
  'ALTER TABLE image DROP COLUMN settled_findings',
  "DELETE FROM tally WHERE noun IN ('local settled', 'far settled')",
  `CREATE TRIGGER image_shared AFTER INSERT ON image BEGIN ${addShares('new', '')} END`,
  `CREATE TRIGGER image_unshared AFTER DELETE ON image BEGIN ${addShares('old', '-')} END`,
  `CREATE TRIGGER image_share_changed AFTER UPDATE OF local, scanned_at, open_0, open_1, open_2, open_3, open_4 ON image
    WHEN (old.local, old.scanned_at > 0, old.open_0, old.open_1, old.open_2, old.open_3, old.open_4)
      <> (new.local, new.scanned_at > 0, new.open_0, new.open_1, new.open_2, new.open_3, new.open_4)
    BEGIN ${addShares('old', '-')} ${addShares('new', '')} END`,
];

// What a row of image adds to which totals.
function addShares(row: string, sign: '' | '-'): string {
  const where = `CASE ${row}.local WHEN 1 THEN 'local ' ELSE 'far ' END`;
  const ranks = [4, 3, 2, 1, 0];
  const state = `CASE ${ranks.map((rank) => `WHEN ${row}.open_${rank} > 0 THEN 'worst ${rank}'`).join(' ')} WHEN ${row}.scanned_at > 0 THEN 'clean' ELSE 'unknown' END`;
  const shares: readonly (readonly [noun: string, value: string])[] = [
    [`${where} || 'images'`, '1'],
    [`${where} || 'scanned'`, `(${row}.scanned_at > 0)`],
    [`${where} || ${state}`, '1'],
    ...ranks.map((rank) => [`${where} || 'open ${rank}'`, `${row}.open_${rank}`] as const),
  ];
  const values = shares.map(([noun, value]) => `(${row}.account_id, ${noun}, ${sign}${value})`);
  return `INSERT INTO tally (account_id, noun, value) VALUES ${values.join(', ')} ON CONFLICT DO UPDATE SET value = value + excluded.value;`;
}
