import { readFile } from 'node:fs/promises';

/** One line a hit: rule, a tab, absolute path in the tree. Sorted, each once. */
export type Hits = readonly string[];

/** What YARA's command printed about a tree: `rule path` a line. */
export function hitsOfYara(output: string, root: string): Hits {
  const hits = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return hitOf(line.slice(0, space), line.slice(space + 1).replace(root.replace(/\/$/, ''), ''));
    });
  return sorted(hits);
}

/** A report of ours, as far as it is compared. */
interface Report {
  readonly complete: boolean;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly findings: readonly {
    readonly path: string;
    readonly fileType: string;
    readonly hidden: boolean;
    readonly detections: readonly { readonly engine: string; readonly rule: string }[];
  }[];
  readonly stats: { readonly files: number; readonly contents: number; readonly inspectedContents: number; readonly cachedLayers: number };
}

/** @throws Error when the report says that anything was skipped. */
export async function readReport(file: string): Promise<Report> {
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  const [first] = report.skipped;
  if (!report.complete) throw new Error(`the scan is not complete: ${first?.path ?? ''} ${first?.reason ?? ''} (${report.skipped.length} skipped)`);
  return report;
}

/** Our hits in files. The others do not look into archives. */
export function hitsOfReport(report: Report): Hits {
  return sorted(
    report.findings
      .filter(({ hidden, path }) => !hidden && !path.includes('!/'))
      .flatMap(({ path, detections }) => detections.filter(({ engine }) => engine === 'yara').map(({ rule }) => hitOf(rule, path))),
  );
}

export function rulesOfReport(report: Report): readonly string[] {
  return report.findings.flatMap(({ detections }) => detections.map(({ rule }) => rule));
}

/** How many hits each kind of file has, such as 'elf 20, script 3'. */
export function kindsOfHits(report: Report): string {
  const counts = new Map<string, number>();
  for (const { fileType, detections } of report.findings) counts.set(fileType, (counts.get(fileType) ?? 0) + detections.length);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}

/** The hits of all other rules. */
export function without(rules: ReadonlySet<string>, hits: Hits): Hits {
  return hits.filter((hit) => !rules.has(hit.slice(0, hit.indexOf('\t'))));
}

/** Lines that say what only one side has; none when both are equal. */
export function differences(ours: Hits, theirs: Hits): readonly string[] {
  const [left, right] = [new Set(ours), new Set(theirs)];
  return [
    ...ours.filter((hit) => !right.has(hit)).map((hit) => `only lazaret: ${hit}`),
    ...theirs.filter((hit) => !left.has(hit)).map((hit) => `only yara: ${hit}`),
  ];
}

function hitOf(rule: string, path: string): string {
  return `${rule}\t${path}`;
}

function sorted(hits: readonly string[]): Hits {
  return [...new Set(hits)].sort();
}
