import type { Finding, Skipped } from '#domain/finding.ts';
import { severities } from '#domain/severity.ts';
import type { ScanReport } from '#scan/report.ts';
import { bytesText, countText, durationText, pluralText, rateText } from './numbers.ts';
import { inLargePieces, type View } from './renderer.ts';
import { createStyle, type Style } from './style.ts';
import { breakCells, cellsOf, cutCells, padCells, printable, printableShort } from './text.ts';

/** The report for people: what was scanned, what was found, worst first, what was left out, and what it cost. */
export function tableReport(report: ScanReport, view: Pick<View, 'columns' | 'hasColour'>): Iterable<string> {
  return inLargePieces(piecesOf(report, createStyle(view.hasColour), view.columns));
}

const severityCells = 10;
const layerCells = 14;
const hiddenCells = 8;
const widestName = 40;
const narrowestName = 16;
const narrowestPath = 24;
const shortDigest = 12;
const shownReasons = 8;
const shownPaths = 3;
// Less says more of the start than of the speed.
const leastForRate = 1_000_000;
const shownLayers = 12;
const indent = '  ';

function* piecesOf(report: ScanReport, style: Style, columns: number): Generator<string> {
  yield* header(report, style);
  yield* findingsTable(report.findings, style, columns);
  yield* layersOf(report, style, columns);
  yield* skippedSummary(report, style, columns);
  yield `\n${summary(report, style)}\n${style.dim(statistics(report))}\n`;
}

function* header({ image, target, complete }: ScanReport, style: Style): Generator<string> {
  const name = image.reference === '' ? target : image.reference;
  const rows = [
    ['Image', style.bold(printable(name))],
    ...(target === name ? [] : [['Target', printable(target)]]),
    ['Id', printable(image.id)],
    ...(image.digest === '' ? [] : [['Digest', printable(image.digest)]]),
    ...(image.platform === '' ? [] : [['Platform', printable(image.platform)]]),
    ...(image.layers.length === 0 ? [] : [['Layers', `${countText(image.layers.length)} (${bytesText(image.size)})`]]),
    ['Complete', complete ? 'yes' : style.bad('no')],
  ];
  for (const [label = '', value = ''] of rows) yield `${label.padEnd(10)}${value}\n`;
}

function* findingsTable(findings: readonly Finding[], style: Style, columns: number): Generator<string> {
  if (findings.length === 0) return;
  const rows = severities.flatMap((severity) => findings.filter((finding) => finding.verdict.severity === severity));
  const grid = layOut(rows, columns);
  const titles = `${'SEVERITY'.padEnd(severityCells)}${padCells(cutCells('NAME', grid.name), grid.name + 2)}${detailCells(grid, 'LAYER', 'HIDDEN')}`;
  yield `\n${style.dim((grid.hasPathBeside ? `${titles}PATH` : titles).trimEnd())}\n`;
  for (const { verdict, layer, hidden, path } of rows) {
    const name = padCells(cutCells(printable(verdict.name), grid.name), grid.name + 2);
    const severity = `${style.severity(verdict.severity, verdict.severity)}${' '.repeat(severityCells - verdict.severity.length)}`;
    const start = `${severity}${name}${detailCells(grid, shortLayer(layer), hidden ? 'yes' : '')}`;
    if (grid.hasPathBeside) yield `${start}${brokenPath(path, columns, grid.pathStart).trimStart()}\n`;
    else yield `${start.trimEnd()}\n${brokenPath(path, columns, 2)}\n`;
  }
}

/** Where the columns of findings stand. */
interface Grid {
  readonly name: number;
  readonly hasLayers: boolean;
  readonly hasHidden: boolean;
  /** False when the path stands on a line of its own. */
  readonly hasPathBeside: boolean;
  readonly pathStart: number;
}

function layOut(rows: readonly Finding[], columns: number): Grid {
  const longest = rows.reduce((most, row) => Math.max(most, cellsOf(printable(row.verdict.name))), 'NAME'.length);
  const hasLayers = rows.some((row) => row.layer !== '');
  const hasHidden = rows.some((row) => row.hidden);
  const details = (hasLayers ? layerCells : 0) + (hasHidden ? hiddenCells : 0);
  const wanted = columns === Infinity ? longest : Math.min(longest, widestName);
  const pathStart = severityCells + wanted + 2 + details;
  if (columns - pathStart >= narrowestPath) return { name: wanted, hasLayers, hasHidden, hasPathBeside: true, pathStart };
  const beside = columns - severityCells - 2 - details;
  if (beside >= narrowestName) return { name: Math.min(longest, beside), hasLayers, hasHidden, hasPathBeside: false, pathStart };
  return { name: Math.max(1, columns - severityCells - 2), hasLayers: false, hasHidden: false, hasPathBeside: false, pathStart };
}

function detailCells({ hasLayers, hasHidden }: Grid, layer: string, hidden: string): string {
  return `${hasLayers ? padCells(layer, layerCells) : ''}${hasHidden ? hidden.padEnd(hiddenCells) : ''}`;
}

// Nothing of a path is left out: it is what a person copies.
function brokenPath(path: string, columns: number, start: number): string {
  const space = ' '.repeat(start);
  return breakCells(printable(path), columns - start)
    .map((line) => space + line)
    .join('\n');
}

function* layersOf({ image, findings }: ScanReport, style: Style, columns: number): Generator<string> {
  const counts = new Map<string, number>();
  for (const { layer } of findings) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  const concerned = image.layers.flatMap((layer, index) => (counts.has(layer.diffId) ? [{ ...layer, number: index + 1 }] : []));
  if (concerned.length === 0) return;
  yield `\n${style.dim('Layers with findings')}\n`;
  for (const { diffId, createdBy, number } of concerned.slice(0, shownLayers)) {
    const start = `${indent}${shortLayer(diffId)}  ${`${number} of ${image.layers.length}`.padEnd(10)}`;
    const step = createdBy === '' ? '' : printableShort(createdBy, 200);
    yield `${cutCells(`${start}${step}`, columns).trimEnd()}\n`;
  }
  if (concerned.length > shownLayers) yield `${indent}and ${pluralText(concerned.length - shownLayers, 'more layer')}\n`;
}

function* skippedSummary({ skipped }: ScanReport, style: Style, columns: number): Generator<string> {
  if (skipped.length === 0) return;
  const groups = [...groupByReason(skipped)].sort(([, left], [, right]) => right.count - left.count);
  yield `\n${style.dim('Not, or not fully, looked at')}\n`;
  for (const [reason, { count, first }] of groups.slice(0, shownReasons)) {
    for (const line of breakCells(`${countText(count)} × ${printableShort(reason, 400)}`, columns - 2)) yield `${indent}${line}\n`;
    for (const place of first) yield `${brokenPath(place, columns, 6)}\n`;
    if (count > first.length && first.length > 0) yield `      and ${countText(count - first.length)} more\n`;
  }
  if (groups.length > shownReasons) yield `${indent}and for ${pluralText(groups.length - shownReasons, 'other reason')}; the JSON report names all\n`;
}

function groupByReason(skipped: readonly Skipped[]): ReadonlyMap<string, { readonly count: number; readonly first: readonly string[] }> {
  const groups = new Map<string, { count: number; first: string[] }>();
  for (const { path, layer, reason } of skipped) {
    // Sizes of single files stand first in a reason and would make a group of each.
    const key = reason.replace(/^\d+(?= bytes)/, '…');
    const group = groups.get(key) ?? { count: 0, first: [] };
    groups.set(key, group);
    group.count++;
    const place = path !== '' ? path : layer !== '' ? `layer ${shortLayer(layer)}` : '';
    if (place !== '' && group.first.length < shownPaths) group.first.push(place);
  }
  return groups;
}

function summary({ findings, skipped, complete }: ScanReport, style: Style): string {
  const hidden = findings.filter((finding) => finding.hidden).length;
  const bySeverity = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.verdict.severity === severity).length;
    return count === 0 ? [] : [`${countText(count)} ${severity}`];
  });
  const ending = complete ? '' : skipped.length === 0 ? ' The scan is not complete.' : ` The scan is not complete: ${countText(skipped.length)} skipped.`;
  if (findings.length === 0) return complete ? style.good('No malware found.') : `No malware found.${ending}`;
  const hiddenText = hidden === 0 ? '' : `; ${countText(hidden)} hidden by a later layer, but still in the image`;
  return `${style.bad(pluralText(findings.length, 'finding'))} (${bySeverity.join(', ')}${hiddenText}).${ending}`;
}

function statistics({ stats, image }: ScanReport): string {
  const rate = rateText(stats.bytes, Math.max(1, stats.durationMs));
  const parts = [
    pluralText(stats.files, 'file'),
    `${pluralText(stats.contents, 'content')} (${countText(stats.inspectedContents)} inspected, ${countText(stats.cachedContents)} known)`,
    ...(stats.openedArchives === 0 ? [] : [`${pluralText(stats.openedArchives, 'archive')} opened`]),
    `${bytesText(stats.bytes)} in ${durationText(stats.durationMs)}${stats.bytes < leastForRate ? '' : ` (${rate})`}`,
    ...(stats.cachedLayers === 0 ? [] : [`${countText(stats.cachedLayers)} of ${pluralText(image.layers.length, 'layer')} known`]),
  ];
  return parts.join(', ');
}

function shortLayer(layer: string): string {
  return printableShort(layer.replace(/^sha256:/, '').slice(0, shortDigest), shortDigest);
}
