/** One line of what is printed. */
export interface Row {
  readonly name: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  readonly target: string;
  readonly verdict: 'ok' | 'over' | '';
}

/** What a case gives. */
export interface Outcome {
  readonly rows: readonly Row[];
  /** What is wrong beyond being slow, such as hits that differ; the run fails on any. */
  readonly failures: readonly string[];
}

const columns = { name: 'case', ours: 'lazaret', peer: 'compared with', ratio: 'ratio', target: 'target', verdict: 'verdict' } as const satisfies Record<
  keyof Row,
  string
>;
const keys = Object.keys(columns) as (keyof Row)[];

/** The rows as a table of aligned columns that is Markdown too. */
export function tableOf(rows: readonly Row[]): string {
  const widths = keys.map((key) => Math.max(3, columns[key].length, ...rows.map((row) => row[key].length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(keys.map((key) => columns[key])), line(widths.map((width) => '-'.repeat(width))), ...rows.map((row) => line(keys.map((key) => row[key])))].join(
    '\n',
  );
}

/** Seconds against seconds of something else; `most` bounds the ratio of the medians. */
export function timeRow(name: string, ours: readonly number[], peer: { readonly name: string; readonly seconds: readonly number[] }, most?: number): Row {
  const ratio = median(ours) / median(peer.seconds);
  return {
    name,
    ours: seconds(median(ours)),
    peer: `${peer.name} ${seconds(median(peer.seconds))}`,
    ratio: ratio.toFixed(2),
    target: most === undefined ? '' : `at most ${most.toFixed(2)}`,
    verdict: verdictOf(ratio, most),
  };
}

/** Seconds against a bound. */
export function secondsRow(name: string, ours: readonly number[], most: number): Row {
  return { name, ours: seconds(median(ours)), peer: '', ratio: '', target: `at most ${seconds(most)}`, verdict: verdictOf(median(ours), most) };
}

/** Memory of the hungriest run; `most` bounds the sum over its processes, bytes. */
export function memoryRow(
  name: string,
  runs: readonly { readonly sum: number; readonly single: number }[],
  options: { readonly peer?: string; readonly most?: number | undefined } = {},
): Row {
  const sum = Math.max(...runs.map((run) => run.sum));
  const single = Math.max(...runs.map((run) => run.single));
  return {
    name,
    ours: sum === 0 ? 'not measured here' : `${megabytes(sum)}, one process ${megabytes(single)}`,
    peer: options.peer ?? '',
    ratio: '',
    target: options.most === undefined ? '' : `at most ${megabytes(options.most)}`,
    verdict: sum === 0 ? '' : verdictOf(sum, options.most),
  };
}

/** Requests in a second against those of another server; `least` bounds the ratio of the medians. */
export function rateRow(name: string, ours: readonly number[], peer: { readonly name: string; readonly rates: readonly number[] }, least: number): Row {
  const ratio = median(ours) / median(peer.rates);
  return {
    name,
    ours: `${median(ours).toFixed(0)}/s`,
    peer: `${peer.name} ${median(peer.rates).toFixed(0)}/s`,
    ratio: ratio.toFixed(2),
    target: `at least ${least.toFixed(2)}`,
    verdict: ratio >= least ? 'ok' : 'over',
  };
}

/** What the names of rows about reading calls begin with: they have a section of their own. */
export const readingPrefix = 'reads ';

/** How long requests take, milliseconds, against those to a smaller store; `most` bounds the ratio of their 99th percentiles. */
export function latencyRow(name: string, { ours, peer }: { readonly ours: readonly number[]; readonly peer: readonly number[] }, most: number): Row {
  const ratio = percentile(ours, 0.99) / percentile(peer, 0.99);
  return { name, ours: latency(ours), peer: latency(peer), ratio: ratio.toFixed(2), target: `at most ${most.toFixed(2)}`, verdict: verdictOf(ratio, most) };
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

function latency(values: readonly number[]): string {
  return `p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms`;
}

/** The smallest value that so great a part of all values does not exceed. */
function percentile(values: readonly number[], part: number): number {
  return [...values].sort((left, right) => left - right)[Math.ceil(values.length * part) - 1] ?? Number.NaN;
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

function verdictOf(value: number, most: number | undefined): Row['verdict'] {
  if (most === undefined) return '';
  return value <= most ? 'ok' : 'over';
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((left, right) => left - right);
  const middle = Math.floor(ordered.length / 2);
  const upper = ordered[middle] ?? Number.NaN;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? upper) + upper) / 2;
}
