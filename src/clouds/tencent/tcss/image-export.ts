import type { Call } from '../../operation.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { isRefusal } from '../../refusal.ts';
import { filtersParameter } from '../filters.ts';
import { byParameter, offsetParameter, orderParameter, readPage } from '../page.ts';
import { exportFieldParameter, imageColumns, readColumns } from './export-columns.ts';
import { exportLimitParameter, sheetTitles, startExport } from './export-job.ts';
import { imageOrders, readImageFilter } from './selection.ts';

/** The parameters of the exports of local images. */
export const imageExportParameters = {
  ExportField: exportFieldParameter,
  Limit: exportLimitParameter,
  Offset: offsetParameter,
  Filters: filtersParameter,
  By: byParameter,
  Order: orderParameter,
} as const;

/** Queues an export of a part of the list of local images. */
export async function exportImages(call: Call, input: InputOf<typeof imageExportParameters>): Promise<{ readonly id: string; readonly url: string } | Refusal> {
  const columns = readColumns(input.ExportField, imageColumns, call.language);
  if (isRefusal(columns)) return columns;
  const page = readPage(input, imageOrders, 'lastSeen');
  if (isRefusal(page)) return page;
  const filter = readImageFilter(input.Filters);
  if (isRefusal(filter)) return filter;
  const { none, ...conditions } = filter;
  const query = none === true ? undefined : { ...conditions, ...page };
  return startExport(call, { source: 'local', topic: 'images', request: { rows: 'images', title: sheetTitles.images[call.language], columns, query } });
}
