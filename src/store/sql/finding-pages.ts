import type { Verdict } from '#domain/finding.ts';
import type { Sql } from '../drivers/sql.ts';
import type { FindingQuery, FindingRecord, FindingsBehind } from '../store.ts';
import { allOf, checkPage } from './conditions.ts';
import { conditionOf, type FindingRow, findImage, findingColumns, findingOrders, toFindingRecord } from './findings.ts';

type Row = FindingRow & { readonly body: string; readonly place: string | number };

/** See `ImageStore.findingsBehind`. The indexes hold column and id of the usual orders, so that a page is found in one step wherever it lies; for the others the image's findings are sorted. */
export async function findingsBehind(sql: Sql, query: FindingQuery, behind: FindingsBehind['last']): Promise<FindingsBehind> {
  checkPage(query);
  const image = await findImage(sql, query);
  if (image === undefined) return { rows: [], last: undefined };
  const column = findingOrders[query.by];
  const place = { text: `(${column}, f.id) ${query.order === 'asc' ? '>' : '<'} (?, ?)`, values: behind === undefined ? [] : [behind.value, behind.id] };
  const where = allOf(behind === undefined ? [conditionOf(query, image)] : [conditionOf(query, image), place]);
  const rows = await sql.all<Row>(
    `SELECT ${findingColumns}, v.body, ${column} AS place FROM finding f JOIN finding_verdict v ON v.id = f.verdict_id
     WHERE ${where.text} ORDER BY ${column} ${query.order}, f.id ${query.order} LIMIT ? OFFSET ?`,
    [...where.values, query.limit, query.offset],
  );
  const verdicts = new Map<number, Verdict>();
  const records: readonly FindingRecord[] = rows.map((row) => toFindingRecord(row, { id: query.imageId, seenAt: image.seen_at }, verdicts));
  const last = rows.at(-1);
  return { rows: records, last: last === undefined ? undefined : { value: last.place, id: last.id } };
}
