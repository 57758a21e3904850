import { createHash } from 'node:crypto';
import type { Detection } from '#domain/detection.ts';
import type { Finding, Skipped } from '#domain/finding.ts';
import { type Severity, severities } from '#domain/severity.ts';
import type { ScanReport } from '#scan/report.ts';
import { indentedArray, indentedJson } from './indented.ts';
import { inLargePieces, type View } from './renderer.ts';
import { printableShort } from './text.ts';

/**
 * What GitHub code scanning takes of one SARIF file; one that has more is refused as a whole. Characters of a rule's
 * texts, tags of a rule, and results of a run are its documented limits. The bound of notifications is ours.
 */
export const sarifLimits = { results: 25_000, tags: 10, nameLength: 255, textLength: 1000, notifications: 1000 } as const;

/**
 * The report as SARIF 2.1.0, one result a finding. Where there are more findings than GitHub takes, the worst ones are
 * given and a notification tells how many are left out.
 */
export function sarifReport(report: ScanReport, view: Pick<View, 'version'>): Iterable<string> {
  return inLargePieces(piecesOf(report, view.version));
}

const rootId = 'IMAGEROOT';
const levels = { critical: 'error', high: 'error', medium: 'warning', low: 'warning', notice: 'note' } as const satisfies Record<Severity, string>;
// GitHub's bands: over 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low. Notices are at the foot of the lowest.
const scores = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', notice: '1.0' } as const satisfies Record<Severity, string>;

function* piecesOf(report: ScanReport, version: string): Generator<string> {
  const findings = worstFindings(report.findings);
  const rules = rulesOf(findings);
  const ruleIndexes = new Map([...rules.keys()].map((id, index) => [id, index]));
  yield '{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",\n  "version": "2.1.0",\n  "runs": [\n    {\n';
  yield '      "tool": {\n        "driver": {\n          "name": "Lazaret",\n';
  yield `          "semanticVersion": ${JSON.stringify(version)},\n          "version": ${JSON.stringify(version)},\n          "rules": `;
  yield* indentedArray(rules.values(), 5);
  yield '\n        }\n      },\n';
  yield `      "invocations": [\n        {\n          "executionSuccessful": ${report.complete},\n          "toolExecutionNotifications": `;
  yield* indentedArray(notificationsOf(report, report.findings.length - findings.length), 5);
  yield '\n        }\n      ],\n';
  yield `      "originalUriBaseIds": ${indentedJson({ [rootId]: { uri: 'file:///', description: { text: 'The root of the scanned file system.' } } }, 3)},\n`;
  yield `      "columnKind": "utf16CodeUnits",\n      "properties": ${indentedJson(propertiesOf(report), 3)},\n      "results": `;
  yield* indentedArray(resultsOf(findings, ruleIndexes), 3);
  yield '\n    }\n  ]\n}\n';
}

function worstFindings(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= sarifLimits.results) return findings;
  return severities.flatMap((severity) => findings.filter((finding) => finding.verdict.severity === severity)).slice(0, sarifLimits.results);
}

/** The detection a finding is named after: the first of the verdict's severity and name. */
function leadOf({ verdict }: Finding): Detection | undefined {
  const { detections, name, severity } = verdict;
  return (
    detections.find((detection) => detection.name === name && detection.severity === severity) ??
    detections.find((detection) => detection.name === name) ??
    detections[0]
  );
}

function ruleIdOf(finding: Finding): string {
  const lead = leadOf(finding);
  return lead === undefined ? wellFormed(finding.verdict.name) : [lead.engine, lead.pack, lead.rule].map(wellFormed).join('/');
}

function rulesOf(findings: readonly Finding[]): ReadonlyMap<string, object> {
  const rules = new Map<string, object>();
  for (const finding of findings) {
    const id = ruleIdOf(finding);
    if (!rules.has(id)) rules.set(id, ruleOf(id, finding, leadOf(finding)));
  }
  return rules;
}

function ruleOf(id: string, finding: Finding, lead: Detection | undefined): object {
  const { name } = finding.verdict;
  const severity = lead?.severity ?? finding.verdict.severity;
  const description = lead?.description.en === undefined || lead.description.en === '' ? `Content that is detected as ${name}.` : lead.description.en;
  const helpUri = lead === undefined ? undefined : webAddress(lead.reference);
  return {
    id,
    name: shortText(name, sarifLimits.nameLength),
    shortDescription: { text: shortText(name, sarifLimits.textLength) },
    fullDescription: { text: shortText(description, sarifLimits.textLength) },
    help: helpOf(description, lead),
    ...(helpUri === undefined ? {} : { helpUri }),
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: tagsOf(lead), 'security-severity': scores[severity] },
  };
}

function helpOf(description: string, lead: Detection | undefined): object {
  const facts = [
    ['Advice', lead?.advice.en],
    ['Rule', lead?.rule],
    ['Rule pack', lead?.pack],
    ['Author', lead?.author],
    ['Reference', lead?.reference],
    ['Licence', lead?.licence],
  ].flatMap(([label = '', value = '']) => (value === '' ? [] : [{ label, value: shortText(value, sarifLimits.textLength) }]));
  const first = shortText(description, sarifLimits.textLength);
  return {
    text: [first, ...facts.map(({ label, value }) => `${label}: ${value}`)].join('\n'),
    markdown: [escapeMarkdown(first), ...facts.map(({ label, value }) => `**${label}:** ${escapeMarkdown(value)}`)].join('\n\n'),
  };
}

function tagsOf(lead: Detection | undefined): readonly string[] {
  const tags = ['security', 'malware', ...(lead?.tags ?? []).map((tag) => shortText(tag, 64)).filter((tag) => tag !== '')];
  return [...new Set(tags)].slice(0, sarifLimits.tags);
}

function* resultsOf(findings: readonly Finding[], ruleIndexes: ReadonlyMap<string, number>): Generator<object> {
  for (const finding of findings) {
    const ruleId = ruleIdOf(finding);
    yield resultOf(finding, ruleId, ruleIndexes.get(ruleId) ?? -1);
  }
}

function resultOf(finding: Finding, ruleId: string, ruleIndex: number): object {
  const { path, sha256, md5, size, fileType, layer, hidden, verdict } = finding;
  const where = hidden ? ' A later layer deletes or overwrites it, so that containers do not see it, but the image still carries it.' : '';
  const key = createHash('sha256').update(`${sha256}\0${path}`).digest('hex');
  return {
    ruleId,
    ruleIndex,
    level: levels[verdict.severity],
    message: { text: `${messageText(path, sarifLimits.textLength)} is detected as ${messageText(verdict.name, sarifLimits.nameLength)}.${where}` },
    locations: [locationOf(path, layer)],
    // GitHub reads the first name alone, which ends in a count of equal lines.
    partialFingerprints: { primaryLocationLineHash: `${key}:1`, 'contentAtPath/v1': key },
    properties: {
      name: wellFormed(verdict.name),
      severity: verdict.severity,
      path: wellFormed(path),
      sha256,
      md5,
      size,
      fileType,
      hidden,
      detections: verdict.detections.map(({ engine, pack, rule }) => `${engine}/${wellFormed(pack)}/${wellFormed(rule)}`),
    },
  };
}

function locationOf(path: string, layer: string): object {
  return {
    // Code scanning wants a line of every result, though a content found malicious has none.
    physicalLocation: { artifactLocation: { uri: relativeUri(path), uriBaseId: rootId }, region: { startLine: 1 } },
    ...(layer === '' ? {} : { logicalLocations: [{ name: layer.slice(0, 'sha256:'.length + 12), fullyQualifiedName: layer, kind: 'layer' }] }),
  };
}

function* notificationsOf(report: ScanReport, leftOut: number): Generator<object> {
  if (leftOut > 0)
    yield {
      level: 'warning',
      message: { text: `${leftOut} more findings are left out, since a SARIF file may have ${sarifLimits.results}; the JSON report has all.` },
    };
  for (const skipped of report.skipped.slice(0, sarifLimits.notifications)) yield notificationOf(skipped);
  const more = report.skipped.length - sarifLimits.notifications;
  if (more > 0) yield { level: 'warning', message: { text: `${more} more were not, or not fully, looked at; the JSON report names all.` } };
  if (!report.complete && report.skipped.length === 0) yield { level: 'warning', message: { text: 'The scan did not come to its end.' } };
}

function notificationOf({ path, layer, reason }: Skipped): object {
  const what = path !== '' ? path : layer !== '' ? `layer ${layer}` : 'the image';
  return {
    level: 'warning',
    message: { text: `Not, or not fully, looked at: ${messageText(what, sarifLimits.textLength)}: ${messageText(reason, sarifLimits.textLength)}` },
    ...(path === '' ? {} : { locations: [locationOf(path, layer)] }),
  };
}

function propertiesOf({ target, image }: ScanReport): object {
  const { id, digest, reference, platform } = image;
  return { target: wellFormed(target), imageId: id, imageDigest: digest, imageReference: wellFormed(reference), platform };
}

/** The path as a relative reference: no part of it can be taken for a scheme, a host, a query or a fragment. */
function relativeUri(path: string): string {
  const parts = wellFormed(path)
    .split('/')
    .filter((part) => part !== '');
  return parts.length === 0 ? '.' : parts.map(encodeURIComponent).join('/');
}

function webAddress(reference: string): string | undefined {
  return /^https?:\/\/\S{1,2000}$/.test(reference) && URL.canParse(reference) ? new URL(reference).href : undefined;
}

function shortText(text: string, length: number): string {
  return printableShort(text, length - 1);
}

// In a message `{0}` stands for an argument and `[text](address)` is a link (SARIF 2.1.0, sections 3.11.5 and 3.11.6).
function messageText(text: string, length: number): string {
  return shortText(text, length)
    .replace(/\{(\d+)\}/g, '{{$1}}')
    .replaceAll('](', '] (');
}

// Half a surrogate pair is no text, and some readers refuse the whole file for it.
function wellFormed(text: string): string {
  return text.toWellFormed();
}

// Rule texts come from strangers: no links, images, mark-up or mentions of people.
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+\-!|~&@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
