import { LazaretError } from '#domain/error.ts';
import type { Layer } from '#domain/image.ts';
import type { ScanState, ScanStats } from '#domain/scan.ts';
import type { Clock } from '#lib/clock.ts';
import type { Database, Sql, SqlValue } from '../drivers/sql.ts';
import type { ImageConditions, ImageQuery, ImageRecord, ImageScan, ImageStore, Listing, SavedImage } from '../store.ts';
import { allOf, anyOf, type Condition, checkPage, fold, textCondition } from './conditions.ts';
import { createCounts } from './counts.ts';
import { safeNumber } from './digest.ts';
import { findingsBehind } from './finding-pages.ts';
import { listFindings } from './findings.ts';
import { identifyImage } from './identify-image.ts';
import { listHosts, saveHost } from './image-hosts.ts';
import { type ImagePlace, placeOf, tagImage } from './image-repository.ts';
import { referenceCondition, scopeCondition } from './image-scope.ts';
import { createSequences } from './sequences.ts';
import { setFindings } from './set-findings.ts';
import { countScans, tallyOf } from './tally.ts';

/** A row as `imageColumns` selects it. */
export interface ImageRow extends ImagePlace {
  readonly image_key: number;
  readonly account_id: string;
  readonly id: string;
  readonly digest: string;
  readonly reference: string;
  readonly platform: string;
  readonly created: string;
  readonly author: string;
  readonly size: number;
  readonly source_target: string;
  readonly source_platform: string;
  readonly source_insecure: number;
  readonly os_name: string;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly scan_state: ScanState | null;
  readonly scan_started: number;
  readonly scan_finished: number | null;
  readonly scan_progress: number;
  readonly scan_remaining: number;
  readonly scan_error: string;
  readonly scan_complete: number;
  readonly scan_stats: string | null;
  readonly visible_findings: number;
  readonly findings: number;
  readonly seen_at: number;
  readonly local: number;
  readonly hosts: number;
  readonly scanned_at: number;
}

const columnNames =
  'image_key account_id id digest reference platform created author size source_target source_platform source_insecure os_name first_seen last_seen scan_state scan_started scan_finished scan_progress scan_remaining scan_error scan_complete scan_stats visible_findings findings seen_at repository_id registry_id namespace repository tag local hosts scanned_at';

export const imageColumns = columnNames
  .split(' ')
  .map((name) => `i.${name}`)
  .join(', ');

const orders = {
  lastSeen: 'last_seen',
  created: 'created_at',
  size: 'size',
  name: 'reference_folded',
  scanTime: 'scan_time',
  findings: 'visible_findings',
  hosts: 'hosts',
} as const satisfies Record<ImageQuery['by'], string>;

const idColumn = { plain: 'i.id', folded: 'i.id_folded' };

/**
 * Images and their findings. Equal rows of a list stand in the order in which they were added (turned round with 'desc'). By
 * 'scanTime' an image counts with the time its scan ended, else began, else 0; by 'created' with 0 when the time is unknown.
 */
export function createImageStore(sql: Database, clock: Clock): ImageStore {
  const counts = createCounts();
  const caches = { counts, sequences: createSequences() };
  return {
    save: (record, at) => sql.transaction(() => save(sql, record, at)),
    find: async (accountId, imageId) => {
      const row = await sql.get<ImageRow>(`SELECT ${imageColumns} FROM image i WHERE i.account_id = ? AND i.id = ?`, [accountId, imageId]);
      return row === undefined ? undefined : toImageRecord(sql, row);
    },
    list: async (query) => {
      checkPage(query);
      const where = allOf([{ text: 'i.account_id = ?', values: [query.accountId] }, ...conditionsOf(query.accountId, query)]);
      const rows = await sql.all<ImageRow>(
        `SELECT ${imageColumns} FROM image i WHERE ${where.text} ORDER BY i.${orders[query.by]} ${query.order}, i.image_key ${query.order} LIMIT ? OFFSET ?`,
        [...where.values, query.limit, query.offset],
      );
      const count = (): Promise<number> => countImages(sql, where);
      const total = sql.inTransaction() ? await count() : await counts.total(JSON.stringify(where), await sql.version(), count);
      const records: ImageRecord[] = [];
      for (const row of rows) records.push(await toImageRecord(sql, row));
      return { total, rows: records } satisfies Listing<ImageRecord>;
    },
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
  if (record.host !== undefined) await saveHost(sql, key, { ...record.host, at });
  await sql.run('DELETE FROM image_layer WHERE account_id = ? AND image_key = ?', [accountId, row.image_key]);
  await sql.batch(
    'INSERT INTO image_layer (account_id, image_key, position, digest, diff_id, size, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)',
    image.layers.map((layer, position) => [accountId, row.image_key, position, layer.digest, layer.diffId, safeNumber(layer.size), layer.createdBy]),
  );
}

function conditionsOf(accountId: string, asked: ImageConditions): readonly Condition[] {
  const conditions: Condition[] = [];
  if (asked.ids !== undefined) conditions.push(asked.ids.exact ? textCondition([idColumn], asked.ids) : referenceCondition('i', asked.ids, ['id']));
  if (asked.names !== undefined) conditions.push(referenceCondition('i', asked.names, ['reference']));
  if (asked.keywords !== undefined) conditions.push(referenceCondition('i', asked.keywords, ['reference', 'id']));
  if (asked.scanStates !== undefined) conditions.push(scanCondition(asked.scanStates));
  if (asked.infected !== undefined) conditions.push({ text: asked.infected ? 'i.visible_findings > 0' : 'i.visible_findings = 0', values: [] });
  if (asked.local !== undefined) conditions.push({ text: 'i.local = ?', values: [asked.local ? 1 : 0] });
  if (asked.scanned !== undefined) conditions.push({ text: asked.scanned ? 'i.scanned_at > 0' : 'i.scanned_at = 0', values: [] });
  const scope = asked.scope === undefined ? undefined : scopeCondition('i', accountId, asked.scope);
  if (scope !== undefined) conditions.push(scope);
  for (const one of asked.every ?? []) conditions.push(...conditionsOf(accountId, one));
  if (asked.some !== undefined) conditions.push(anyOf(asked.some.map((one) => allOf([always, ...conditionsOf(accountId, one)]))));
  return conditions;
}

const always: Condition = { text: '1 = 1', values: [] };

function scanCondition(states: readonly (ScanState | 'never')[]): Condition {
  const distinct = [...new Set(states)];
  return { text: `coalesce(i.scan_state, 'never') IN (${distinct.map(() => '?').join(', ')})`, values: distinct };
}

async function countImages(sql: Sql, where: Condition): Promise<number> {
  if (where.text === 'i.account_id = ?') return tallyOf(sql, String(where.values[0]), 'image');
  const row = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM image i WHERE ${where.text}`, where.values);
  return row?.total ?? 0;
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

export async function toImageRecord(sql: Sql, row: ImageRow): Promise<ImageRecord> {
  const layers = await sql.all<{ digest: string; diff_id: string; size: number; created_by: string }>(
    'SELECT digest, diff_id, size, created_by FROM image_layer WHERE account_id = ? AND image_key = ? ORDER BY position',
    [row.account_id, row.image_key],
  );
  return {
    accountId: row.account_id,
    image: {
      id: row.id,
      digest: row.digest,
      reference: row.reference,
      platform: row.platform,
      created: row.created,
      author: row.author,
      size: row.size,
      layers: layers.map((layer): Layer => ({ digest: layer.digest, diffId: layer.diff_id, size: layer.size, createdBy: layer.created_by })),
    },
    source: { target: row.source_target, platform: row.source_platform, insecure: row.source_insecure === 1 },
    osName: row.os_name,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    scan: row.scan_state === null ? undefined : toScan(row, row.scan_state),
    repository: { id: row.repository_id, registryId: row.registry_id, namespace: row.namespace, name: row.repository, tag: row.tag },
    local: row.local === 1,
    hosts: row.hosts,
    scannedAt: row.scanned_at === 0 ? undefined : row.scanned_at,
    visibleFindings: row.visible_findings,
    findings: row.findings,
  };
}

function toScan(row: ImageRow, state: ScanState): ImageScan {
  return {
    state,
    startedAt: row.scan_started,
    finishedAt: row.scan_finished ?? undefined,
    progress: row.scan_progress,
    remainingSeconds: row.scan_remaining,
    error: row.scan_error,
    complete: row.scan_complete === 1,
    stats: row.scan_stats === null ? undefined : (JSON.parse(row.scan_stats) as ScanStats),
  };
}
