import type { Detection } from '#domain/detection.ts';
import type { Finding, Skipped } from '#domain/finding.ts';
import type { Layer } from '#domain/image.ts';
import type { ScanReport } from '#scan/report.ts';
import { indentedArray, indentedJson } from './indented.ts';
import { inLargePieces } from './renderer.ts';

/** Version of the shape that docs/report.schema.json describes. */
const schemaVersion = 1;

/** The report as docs/report.schema.json describes it: members in a fixed order, an indent of two, a newline at the end. */
export function jsonReport(report: ScanReport): Iterable<string> {
  return inLargePieces(piecesOf(report));
}

function* piecesOf(report: ScanReport): Generator<string> {
  yield `{\n  "schemaVersion": ${schemaVersion},\n  "target": ${JSON.stringify(report.target)},\n  "complete": ${report.complete},\n`;
  yield `  "image": ${indentedJson(imageOf(report), 1)},\n  "findings": `;
  yield* indentedArray(mapped(report.findings, findingOf), 1);
  yield ',\n  "skipped": ';
  yield* indentedArray(mapped(report.skipped, skippedOf), 1);
  yield `,\n  "stats": ${indentedJson(statsOf(report), 1)}\n}\n`;
}

function imageOf({ image: { id, digest, reference, platform, layers } }: ScanReport): object {
  return { id, digest, reference, platform, layers: layers.map(layerOf) };
}

function layerOf({ digest, diffId, size, createdBy }: Layer): object {
  return { digest, diffId, size, createdBy };
}

function findingOf({ path, sha256, md5, size, fileType, layer, hidden, verdict }: Finding): object {
  const { name, severity, detections } = verdict;
  return { path, sha256, md5, size, fileType, layer, hidden, name, severity, detections: detections.map(detectionOf) };
}

function detectionOf({ engine, rule, pack, tags, author, reference, licence }: Detection): object {
  return { engine, rule, pack, tags, author, reference, licence };
}

function skippedOf({ path, layer, reason }: Skipped): object {
  return { path, layer, reason };
}

function statsOf({ stats: { files, contents, bytes, inspectedContents, cachedContents, cachedLayers, openedArchives, durationMs } }: ScanReport): object {
  return { files, contents, bytes, inspectedContents, cachedContents, cachedLayers, openedArchives, durationMs };
}

function* mapped<T>(values: readonly T[], shape: (value: T) => object): Generator<object> {
  for (const value of values) yield shape(value);
}
