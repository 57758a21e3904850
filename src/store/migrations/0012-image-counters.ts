/**
 * What counters of images and findings need without counting: when an image was last scanned to its end, how many of its findings are fixed or
 * allowed, the open findings of repositories, and totals in `tally`. Nouns of local images begin with `local`, those of images that are of a registry alone
 * with `far`: `images`, `scanned`, `worst 4` to `worst 0` (images by their worst open finding), `clean` (scanned, none open), `open 4` to `open 0` and `settled`
 * (findings). `scans` with hours since 1970 counts scans that ended in that hour.
 */
export const imageCounters = [
  'ALTER TABLE image ADD COLUMN scanned_at INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE image ADD COLUMN settled_findings INTEGER NOT NULL DEFAULT 0',
  'ALTER TABLE repository ADD COLUMN open_findings INTEGER NOT NULL DEFAULT 0',
  "UPDATE image SET scanned_at = coalesce(scan_finished, scan_started, 0) WHERE scan_state = 'done'",
  `UPDATE image SET settled_findings = (SELECT count(*) FROM finding f
     WHERE f.account_id = image.account_id AND f.image_key = image.image_key AND f.standing IN (2, 3))`,
  `UPDATE repository SET open_findings = coalesce((SELECT sum(i.visible_findings) FROM image i WHERE i.account_id = repository.account_id AND i.image_key IN (
     SELECT t.image_key FROM repository_image t WHERE t.account_id = repository.account_id AND t.repository_id = repository.id AND t.current = 1)), 0)`,
  'CREATE INDEX image_scanned ON image (account_id, scanned_at)',

  ...sharesOf('image').map(
    ({ noun, value }) => `INSERT INTO tally (account_id, noun, value) SELECT account_id, ${noun} AS noun, sum(${value}) FROM image GROUP BY account_id, ${noun}
      ON CONFLICT DO UPDATE SET value = value + excluded.value`,
  ),
  `INSERT INTO tally (account_id, noun, value) SELECT account_id, ${hourNoun('image')}, count(*) FROM image WHERE scanned_at > 0 GROUP BY account_id, ${hourNoun('image')}`,
  `CREATE TRIGGER image_shared AFTER INSERT ON image BEGIN ${addShares('new', '')} END`,
  `CREATE TRIGGER image_unshared AFTER DELETE ON image BEGIN ${addShares('old', '-')} END`,
  `CREATE TRIGGER image_share_changed AFTER UPDATE OF local, scanned_at, settled_findings, open_0, open_1, open_2, open_3, open_4 ON image
    WHEN (old.local, old.scanned_at > 0, old.settled_findings, old.open_0, old.open_1, old.open_2, old.open_3, old.open_4)
      <> (new.local, new.scanned_at > 0, new.settled_findings, new.open_0, new.open_1, new.open_2, new.open_3, new.open_4)
    BEGIN ${addShares('old', '-')} ${addShares('new', '')} END`,
  `CREATE TRIGGER image_scan_counted AFTER UPDATE OF scanned_at ON image WHEN new.scanned_at > old.scanned_at BEGIN
    INSERT INTO tally (account_id, noun, value) VALUES (new.account_id, ${hourNoun('new')}, 1) ON CONFLICT DO UPDATE SET value = value + 1;
  END`,
];

// What a row of image adds to which totals.
function sharesOf(row: string): readonly { readonly noun: string; readonly value: string }[] {
  const where = `CASE ${row}.local WHEN 1 THEN 'local ' ELSE 'far ' END`;
  const ranks = [4, 3, 2, 1, 0];
  const state = `CASE ${ranks.map((rank) => `WHEN ${row}.open_${rank} > 0 THEN 'worst ${rank}'`).join(' ')} WHEN ${row}.scanned_at > 0 THEN 'clean' ELSE 'unknown' END`;
  return [
    { noun: `${where} || 'images'`, value: '1' },
    { noun: `${where} || 'scanned'`, value: `(${row}.scanned_at > 0)` },
    { noun: `${where} || ${state}`, value: '1' },
    { noun: `${where} || 'settled'`, value: `${row}.settled_findings` },
    ...ranks.map((rank) => ({ noun: `${where} || 'open ${rank}'`, value: `${row}.open_${rank}` })),
  ];
}

function addShares(row: string, sign: '' | '-'): string {
  const values = sharesOf(row).map(({ noun, value }) => `(${row}.account_id, ${noun}, ${sign}${value})`);
  return `INSERT INTO tally (account_id, noun, value) VALUES ${values.join(', ')} ON CONFLICT DO UPDATE SET value = value + excluded.value;`;
}

function hourNoun(row: string): string {
  return `'scans ' || printf('%08d', ${row}.scanned_at / 3600000)`;
}
