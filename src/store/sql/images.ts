import { LazaretError } from '#domain/error.ts';
import type { ScanState } from '#domain/scan.ts';
import type { Clock } from '#lib/clock.ts';
import type { Database, Sql, SqlValue } from '../drivers/sql.ts';
import type { ImageScan, ImageStore, SavedImage } from '../store.ts';
import { fold } from './conditions.ts';
import { createCounts } from './counts.ts';
import { safeNumber } from './digest.ts';
import { findingsBehind } from './finding-pages.ts';
import { listFindings } from './findings.ts';
import { identifyImage } from './identify-image.ts';
import { listHosts, saveHost } from './image-hosts.ts';
import { hasImage, listImages } from './image-list.ts';
import { placeOf, tagImage } from './image-repository.ts';
import { type ImageRow, imageColumns, toImageRecord } from './image-rows.ts';
import { createSequences } from './sequences.ts';
import { setFindings } from './set-findings.ts';
import { countScans } from './tally.ts';

/**
 * Images and their findings. Equal rows of a list stand in the order in which they were added (turned round with 'desc'). By
 * 'scanTime' an image counts with the time its scan ended, else began, else 0; by 'created' with 0 when the time is unknown.
 */
export function createImageStore(sql: Database, clock: Clock): ImageStore {
  const caches = { counts: createCounts(), sequences: createSequences() };
  return {
    save: (record, at) => sql.transaction(() => save(sql, record, at)),
    find: async (accountId, imageId) => {
      const row = await sql.get<ImageRow>(`SELECT ${imageColumns} FROM image i WHERE i.account_id = ? AND i.id = ?`, [accountId, imageId]);
      return row === undefined ? undefined : toImageRecord(sql, row);
    },
    list: (query) => listImages(sql, query),
    has: (accountId, conditions) => hasImage(sql, accountId, conditions),
    endInterrupted: (at) => endInterrupted(sql, at),
    setScan: (accountId, imageId, scan) => setScan(sql, { accountId, imageId, now: clock() }, scan),
    identify: (accountId, manifestDigest, imageId) => sql.transaction(() => identifyImage(sql, { accountId, manifestDigest, imageId })),
    setFindings: (accountId, imageId, change) => sql.transaction(() => setFindings(sql, { accountId, imageId }, change)),
    findings: (query) => listFindings(sql, query, caches),
    findingsBehind: (query, behind) => findingsBehind(sql, query, behind),
    hosts: (query) => listHosts(sql, query),
    countScans: (accountId, since) => countScans(sql, accountId, since),
  };
}

async function save(sql: Sql, record: SavedImage, at: number): Promise<void> {
  const { accountId, image, source, osName, local = true, tagged = true, tagDigest = image.digest } = record;
  const place = await placeOf(sql, { accountId, at }, image);
  const columns = {
    account_id: accountId,
    id: image.id,
    id_folded: fold(image.id),
    digest: image.digest,
    reference: image.reference,
    reference_folded: fold(image.reference),
    platform: image.platform,
    created: image.created,
    created_at: safeNumber(Date.parse(image.created)),
    author: image.author,
    size: safeNumber(image.size),
    source_target: source.target,
    source_platform: source.platform,
    source_insecure: source.insecure ? 1 : 0,
    os_name: osName,
    last_seen: at,
    ...place,
  };
  const names = Object.keys(columns);
  const row = await sql.get<{ image_key: number }>(
    `INSERT INTO image (first_seen, local, ${names.join(', ')}) VALUES (?, ?, ${names.map(() => '?').join(', ')})
     ON CONFLICT (account_id, id) DO UPDATE SET local = max(local, excluded.local), ${names.map((name) => `${name} = excluded.${name}`).join(', ')} RETURNING image_key`,
    [at, local ? 1 : 0, ...Object.values(columns)],
  );
  if (row === undefined) throw new LazaretError('internal', `image ${image.id} could not be saved`);
  const key = { accountId, imageKey: row.image_key };
  if (tagged) await tagImage(sql, { key, digest: tagDigest, at }, place);
  if (image.digest !== '') await identifyImage(sql, { accountId, manifestDigest: image.digest, imageId: image.id });
  if (record.host !== undefined) await saveHost(sql, key, { ...record.host, at });
  await sql.run('DELETE FROM image_layer WHERE account_id = ? AND image_key = ?', [accountId, row.image_key]);
  await sql.batch(
    'INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)',
    image.layers.map((layer, position) => [accountId, row.image_key, position, layer.digest, layer.diffId, safeNumber(layer.size), layer.createdBy]),
  );
}

/**
 * Replaces the scan. What a worker still tells of a scan that has ended meanwhile (same start, 'queued' or 'running' again) is
 * dropped: a cancelled scan stays cancelled.
 */
/** A running scan that has said nothing for so long is dead, ms. */
const silenceMs = 60_000;

async function endInterrupted(sql: Sql, at: number): Promise<number> {
  return await sql.run(
    `UPDATE image SET scan_state = 'failed', scan_finished = scan_touched, scan_remaining = 0, scan_error = 'the scan was interrupted; scan the image again to go on from there'
     WHERE scan_state = 'running' AND scan_touched < ?
       AND NOT EXISTS (SELECT 1 FROM task_image t WHERE t.account_id = image.account_id AND t.image_id = image.id AND t.state IN ('queued', 'running'))`,
    [at - silenceMs],
  );
}

async function setScan(sql: Sql, at: { readonly accountId: string; readonly imageId: string; readonly now: number }, scan: ImageScan): Promise<void> {
  const columns: Record<string, SqlValue> = {
    scan_state: scan.state,
    scan_started: scan.startedAt,
    scan_finished: scan.finishedAt ?? null,
    scan_time: scan.finishedAt ?? scan.startedAt,
    scan_touched: at.now,
    scan_progress: scan.progress,
    scan_remaining: safeNumber(scan.remainingSeconds),
    scan_error: scan.error,
    scan_complete: scan.complete ? 1 : 0,
    scan_stats: scan.stats === undefined ? null : JSON.stringify(scan.stats),
    ...(scan.state === 'done' ? { scanned_at: scan.finishedAt ?? scan.startedAt } : {}),
  };
  await sql.transaction(async () => {
    const where = [at.accountId, at.imageId];
    const known = await sql.get<Pick<ImageRow, 'scan_state' | 'scan_started'>>(
      'SELECT scan_state, scan_started FROM image WHERE account_id = ? AND id = ?',
      where,
    );
    if (known === undefined) throw new LazaretError('not-found', `there is no image ${at.imageId}`);
    const late = known.scan_state !== null && !isOpen(known.scan_state) && isOpen(scan.state) && known.scan_started === scan.startedAt;
    if (late) return;
    const names = Object.keys(columns);
    await sql.run(`UPDATE image SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE account_id = ? AND id = ?`, [...Object.values(columns), ...where]);
  });
}

function isOpen(state: ScanState): boolean {
  return state === 'queued' || state === 'running';
}
