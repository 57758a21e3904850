import { engineKinds } from '#domain/detection.ts';
import { detectionText } from '#domain/detection-text.ts';
import { baseName } from '#domain/path.ts';
import type { Cell } from '#lib/xlsx-writer.ts';
import type { App, ExportColumn, ExportJob, FindingExport, FindingField, FindingRecord, ImageExport, ImageField, ImageRecord } from './app.ts';
import { scanStateOf } from './app.ts';
import { findLatestImages } from './list-image-places.ts';

/** Rows of a table, and how many there were when it was looked at first. */
export interface Table {
  readonly total: number;
  /** Pages of rows. Each is read when it is asked for. */
  readonly pages: AsyncIterable<readonly (readonly Cell[])[]>;
}

/** A few milliseconds' work each. */
const findingsInPage = 500;
const imagesInPage = 100;

/** The rows that an export asks for. */
export async function readTable(app: Pick<App, 'store'>, { accountId, request }: Pick<ExportJob, 'accountId' | 'request'>): Promise<Table> {
  return request.rows === 'findings' ? readFindings(app, accountId, request) : readImages(app, accountId, request);
}

async function readFindings({ store }: Pick<App, 'store'>, accountId: string, request: FindingExport): Promise<Table> {
  const { limit = Number.MAX_SAFE_INTEGER, ...rest } = request.query;
  const query = { ...rest, accountId };
  const { total } = await store.images.findings({ ...query, limit: 0 });
  const wanted = Math.min(limit, Math.max(0, total - query.offset));
  const pages = async function* () {
    let left = wanted;
    let last: Awaited<ReturnType<typeof store.images.findingsBehind>>['last'];
    for (let offset = query.offset; left > 0; offset = 0) {
      const page = await store.images.findingsBehind({ ...query, offset, limit: Math.min(left, findingsInPage) }, last);
      if (page.last === undefined) return;
      yield page.rows.map((finding) => request.columns.map((column) => findingCell(finding, column, request)));
      left -= page.rows.length;
      last = page.last;
    }
  };
  return { total: wanted, pages: pages() };
}

async function readImages(app: Pick<App, 'store'>, accountId: string, request: ImageExport): Promise<Table> {
  const { images } = app.store;
  const { limit = Number.MAX_SAFE_INTEGER, offset = 0, ...query } = request.query ?? {};
  if (request.query === undefined) return { total: 0, pages: none() };
  const { by, order } = request.query;
  const { total } = await images.list({ ...query, accountId, by, order, offset, limit: 0 });
  const wanted = Math.min(limit, Math.max(0, total - offset));
  const asksLatest = request.columns.some(({ field }) => field === 'latest');
  const pages = async function* () {
    for (let done = 0; done < wanted; done += imagesInPage) {
      const { rows } = await images.list({ ...query, accountId, by, order, offset: offset + done, limit: Math.min(imagesInPage, wanted - done) });
      const ids = rows.map(({ image }) => image.id);
      const latest = asksLatest ? await findLatestImages(app, accountId, ids) : new Set<string>();
      yield rows.map((record) => request.columns.map((column) => imageCell({ record, isLatest: latest.has(record.image.id) }, column, request)));
      if (rows.length === 0) return;
    }
  };
  return { total: wanted, pages: pages() };
}

async function* none(): AsyncGenerator<readonly (readonly Cell[])[]> {}

type Form = Pick<FindingExport, 'language' | 'zoneMinutes'>;

function findingCell(finding: FindingRecord, column: ExportColumn<FindingField>, { language, zoneMinutes }: Form): Cell {
  const { verdict } = finding;
  switch (column.field) {
    case 'path':
      return finding.path;
    case 'fileName':
      return baseName(finding.path);
    case 'fileType':
      return worded(column, finding.fileType);
    case 'name':
      return verdict.name;
    case 'severity':
      return worded(column, verdict.severity);
    case 'tags':
      return verdict.tags.join(', ');
    case 'description':
    case 'advice':
      return detectionText(verdict.detections, column.field, language) || (column.otherwise ?? '');
    case 'size':
      return finding.size;
    case 'firstSeen':
    case 'lastSeen':
      return timeText(finding[column.field], zoneMinutes);
    case 'md5':
      return finding.md5;
    case 'engines':
      return engineKinds
        .filter((kind) => verdict.detections.some((detection) => detection.kind === kind))
        .map((kind) => worded(column, kind))
        .join(', ');
  }
}

function imageCell({ record, isLatest }: { readonly record: ImageRecord; readonly isLatest: boolean }, column: ExportColumn<ImageField>, form: Form): Cell {
  const { image, scan } = record;
  switch (column.field) {
    case 'id':
      return image.id;
    case 'reference':
      return image.reference;
    case 'digest':
      return image.digest;
    case 'created':
      return timeText(Date.parse(image.created), form.zoneMinutes);
    case 'size':
      return image.size;
    case 'osName':
      return record.osName;
    case 'scanState':
      return worded(column, scanStateOf(record));
    case 'scanError':
      return scan?.error ?? '';
    case 'scanTime':
      return timeText(scan?.finishedAt ?? scan?.startedAt, form.zoneMinutes);
    case 'findings':
      return record.visibleFindings;
    case 'infected':
      return worded(column, String(record.visibleFindings > 0));
    case 'hosts':
      return record.hosts;
    case 'latest':
      return worded(column, String(isLatest));
    case 'fixed':
      return column.otherwise ?? '';
  }
}

function worded({ words }: Pick<ExportColumn<string>, 'words'>, value: string): string {
  return words !== undefined && Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}

/** `YYYY-MM-DD hh:mm:ss`; '' for what is no time. */
function timeText(milliseconds: number | undefined, zoneMinutes: number): string {
  const date = new Date((milliseconds ?? Number.NaN) + zoneMinutes * 60_000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19).replace('T', ' ');
}
