import { type Severity, severities } from '#domain/severity.ts';
import type { Sql } from '../drivers/sql.ts';
import type { FindingCounts, SampleStore } from '../shapes/samples.ts';
import { allOf } from './conditions.ts';
import { scopeCondition } from './image-scope.ts';
import type { Sequences } from './sequences.ts';
import { rankOf } from './standing.ts';
import { talliesOf } from './tally.ts';

type VersionedSql = Sql & { version(): Promise<number> };

/** Numbers by the names that totals of images have (migrations 0012 and 0021). */
type Totals = (name: string) => number;

/** See `SampleStore.counts`. For all images, or all local ones, totals are kept; within another scope the counters of its images are added up. */
export async function countFindings(sql: VersionedSql, query: Parameters<SampleStore['counts']>[0], sequences: Sequences): Promise<FindingCounts> {
  const { accountId, scope = {} } = query;
  const { local, ...narrow } = scope;
  const isKept = Object.values(narrow).every((value) => value === undefined);
  return countsOf(isKept ? await keptTotals(sql, accountId, local) : await addedTotals(sql, query, sequences));
}

function countsOf(total: Totals): FindingCounts {
  const bySeverity = (prefix: string): Record<Severity, number> =>
    Object.fromEntries(severities.map((severity) => [severity, total(`${prefix} ${rankOf(severity)}`)])) as Record<Severity, number>;
  return {
    findings: bySeverity('open'),
    images: bySeverity('worst'),
    cleanImages: total('clean'),
    scannedImages: total('scanned'),
    unscannedImages: total('images') - total('scanned'),
  };
}

async function keptTotals(sql: Sql, accountId: string, local: boolean | undefined): Promise<Totals> {
  const here = local === false ? new Map<string, number>() : await talliesOf(sql, accountId, 'local ');
  const far = local === true ? new Map<string, number>() : await talliesOf(sql, accountId, 'far ');
  return (name) => (here.get(name) ?? 0) + (far.get(name) ?? 0);
}

const ranks = severities.map(rankOf);
const worst = `CASE ${ranks.map((rank) => `WHEN i.open_${rank} > 0 THEN ${rank}`).join(' ')} ELSE -1 END`;
const sums: Readonly<Record<string, string>> = {
  images: 'count(*)',
  scanned: 'coalesce(sum(i.scanned_at > 0), 0)',
  clean: `coalesce(sum(i.scanned_at > 0 AND ${worst} = -1), 0)`,
  ...Object.fromEntries(ranks.map((rank) => [`worst ${rank}`, `coalesce(sum(${worst} = ${rank}), 0)`])),
  ...Object.fromEntries(ranks.map((rank) => [`open ${rank}`, `coalesce(sum(i.open_${rank}), 0)`])),
};

async function addedTotals(sql: VersionedSql, { accountId, scope }: Parameters<SampleStore['counts']>[0], sequences: Sequences): Promise<Totals> {
  const chosen = scope === undefined ? undefined : scopeCondition('i', accountId, scope);
  const where = allOf([{ text: 'i.account_id = ?', values: [accountId] }, ...(chosen === undefined ? [] : [chosen])]);
  const names = Object.keys(sums);
  const list = async (): Promise<readonly number[]> => {
    const row = await sql.get<Record<string, number>>(
      `SELECT ${Object.entries(sums)
        .map(([name, sum]) => `${sum} AS "${name}"`)
        .join(', ')} FROM image i WHERE ${where.text}`,
      where.values,
    );
    return names.map((name) => row?.[name] ?? 0);
  };
  const numbers = sql.inTransaction() ? await list() : await sequences.ids(`counts ${JSON.stringify(where)}`, await sql.version(), list);
  return (name) => numbers[names.indexOf(name)] ?? 0;
}
