import type { Cell } from '#lib/xlsx-writer.ts';
import type { App, ExportJob, FindingExport, ImageExport, RepositoryImageExport } from './app.ts';
import { findingCell, imageCell, repositoryImageCell } from './export-cells.ts';
import { findLatestImages } from './list-image-places.ts';
import { listRepositoryImages } from './list-repository-images.ts';

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
  switch (request.rows) {
    case 'findings':
      return readFindings(app, accountId, request);
    case 'images':
      return readImages(app, accountId, request);
    case 'repository images':
      return readRepositoryImages(app, accountId, request);
  }
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

async function readRepositoryImages(app: Pick<App, 'store'>, accountId: string, request: RepositoryImageExport): Promise<Table> {
  if (request.query === undefined) return { total: 0, pages: none() };
  const { limit = Number.MAX_SAFE_INTEGER, offset, by, order, ...filter } = request.query;
  const page = { filter, by, order } as const;
  const { total } = await listRepositoryImages(app, accountId, { ...page, offset, limit: 0 });
  const wanted = Math.min(limit, Math.max(0, total - offset));
  const pages = async function* () {
    for (let done = 0; done < wanted; done += imagesInPage) {
      const { rows } = await listRepositoryImages(app, accountId, { ...page, offset: offset + done, limit: Math.min(imagesInPage, wanted - done) });
      yield rows.map((row) => request.columns.map((column) => repositoryImageCell(row, column, request)));
      if (rows.length === 0) return;
    }
  };
  return { total: wanted, pages: pages() };
}

async function* none(): AsyncGenerator<readonly (readonly Cell[])[]> {}
