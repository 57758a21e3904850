import type { Sql } from '../drivers/sql.ts';
import type { SampleStore } from '../shapes/samples.ts';
import { allOf, valueCondition } from './conditions.ts';
import { rankOf } from './standing.ts';
import { tallyOf } from './tally.ts';

type Names = Awaited<ReturnType<SampleStore['names']>>;

/** Lists kept, at most; the least recently used goes first. */
const mostLists = 20;

/** See `SampleStore.names`. The list is the same array until samples change. */
export function createNameLists(sql: Sql): SampleStore['names'] {
  const kept = new Map<string, { readonly stamp: number; readonly names: Names }>();
  return async (query) => {
    if (sql.inTransaction()) return readNames(sql, query);
    const key = JSON.stringify([query.accountId, query.severities]);
    const stamp = await tallyOf(sql, query.accountId, 'sample changes');
    const known = kept.get(key);
    const names = known?.stamp === stamp ? known.names : await readNames(sql, query);
    kept.delete(key);
    if (kept.size >= mostLists) kept.delete(kept.keys().next().value ?? '');
    kept.set(key, { stamp, names });
    return names;
  };
}

async function readNames(sql: Sql, { accountId, severities: wanted }: Parameters<SampleStore['names']>[0]): Promise<Names> {
  const ofSeverity = wanted === undefined ? [] : [valueCondition('s.severity', wanted.map(rankOf))];
  const where = allOf([{ text: 's.account_id = n.account_id AND s.name_id = n.id', values: [] }, ...ofSeverity]);
  const rows = await sql.all<{ name: string; tags: string | null }>(
    `SELECT n.name, (SELECT s.tags FROM sample s WHERE ${where.text} LIMIT 1) AS tags FROM malware_name n WHERE n.account_id = ? ORDER BY n.name`,
    [...where.values, accountId],
  );
  return rows.flatMap(({ name, tags }) => (tags === null ? [] : [{ name, tags: JSON.parse(tags) as readonly string[] }]));
}
