import type { Layer } from '#domain/image.ts';
import type { ScanState, ScanStats } from '#domain/scan.ts';
import type { Sql } from '../drivers/sql.ts';
import type { ImageRecord, ImageScan } from '../store.ts';
import type { ImagePlace } from './image-repository.ts';

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

/** A row with its layers. */
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
