/** What node's test runner counts, in the order it prints. */
export const counters = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms'] as const;

/** The end of one run. */
export interface TapSummary {
  readonly counts: Readonly<Record<(typeof counters)[number], number>>;
  /** Names of tests that failed. Suites are left out, since they fail by their tests. */
  readonly failed: readonly string[];
  /** Names of tests that were skipped, or not demanded to pass, with the reason. */
  readonly skipped: readonly string[];
}

/** Reads what the tap reporter of node's test runner wrote; undefined when it did not come to its end. */
export function readTap(text: string): TapSummary | undefined {
  const lines = text.split('\n');
  const tail = lines.slice(-counters.length - 1).join('\n');
  const counts: Partial<Record<string, number>> = {};
  for (const counter of counters) {
    const found = new RegExp(`^# ${counter} ([\\d.]+)$`, 'm').exec(tail);
    if (found === null) return undefined;
    counts[counter] = Number(found[1]);
  }
  const failed = lines.filter((line, index) => /^\s*not ok /.test(line) && !isExcused(line) && !isSuite(lines, index)).map(nameOf);
  const skipped = lines.filter(isExcused).map(nameOf);
  return { counts: counts as TapSummary['counts'], failed, skipped };
}

/** The sum of several runs. */
export function addSummaries(summaries: readonly TapSummary[]): TapSummary {
  const sum = (counter: (typeof counters)[number]) => summaries.reduce((total, { counts }) => total + counts[counter], 0);
  return {
    counts: Object.fromEntries(counters.map((counter) => [counter, sum(counter)])) as TapSummary['counts'],
    failed: summaries.flatMap(({ failed }) => failed),
    skipped: summaries.flatMap(({ skipped }) => skipped),
  };
}

function isExcused(line: string): boolean {
  return /^\s*(?:not )?ok \d+ .*(?<!\\)# (?:SKIP|TOD[O])/.test(line);
}

function isSuite(lines: readonly string[], index: number): boolean {
  return lines.slice(index + 1, index + 5).some((line) => line.trim() === "type: 'suite'");
}

function nameOf(line: string): string {
  return line.replace(/^\s*(?:not )?ok \d+ - /, '').replaceAll('\\#', '#');
}
