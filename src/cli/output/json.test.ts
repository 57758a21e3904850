import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fileTypes } from '#domain/file-entry.ts';
import { severities } from '#domain/severity.ts';
import type { ScanReport } from '#scan/report.ts';
import { exampleDetection, exampleFinding, exampleReport } from './example-report.ts';
import { jsonReport } from './json.ts';

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(readFileSync(new URL('../../../docs/report.schema.json', import.meta.url), 'utf8')) as Schema;
const ajv = new Ajv2020({ strict: true, allErrors: true });
const validate = ajv.compile(schema);

function textOf(report: ScanReport): string {
  return [...jsonReport(report)].join('');
}

function problemsOf(text: string): string {
  return validate(JSON.parse(text)) ? '' : ajv.errorsText(validate.errors);
}

const reports: Readonly<Record<string, ScanReport>> = {
  'one finding': exampleReport(),
  nothing: exampleReport({ findings: [], image: { ...exampleReport().image, digest: '', reference: '', layers: [] } }),
  'several detections, hidden, in a directory': exampleReport({
    findings: [
      exampleFinding({ layer: '', hidden: true, path: '/a "b"\\\n\u202e木马.sh' }, [
        exampleDetection(),
        exampleDetection({ engine: 'reputation', tags: [], author: '' }),
      ]),
      exampleFinding({ path: '/z', size: 0, fileType: 'empty' }),
    ],
  }),
  'skipped files and layers': exampleReport({
    complete: false,
    skipped: [
      { path: '/big', layer: `sha256:${'1'.repeat(64)}`, reason: 'too large' },
      { path: '', layer: '', reason: 'stopped' },
    ],
  }),
};

for (const [name, report] of Object.entries(reports)) {
  test(`a report with ${name} keeps the schema`, () => assert.equal(problemsOf(textOf(report)), ''));

  test(`a report with ${name} is laid out as JSON.stringify does with an indent of two`, () => {
    const text = textOf(report);
    assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });
}

test('a report has the documented members in the documented order, and no others', () => {
  const report = JSON.parse(textOf(exampleReport({ skipped: [{ path: '/a', layer: '', reason: 'b' }] }))) as Record<string, never> & {
    readonly image: { readonly layers: readonly object[] };
    readonly findings: readonly (object & { readonly detections: readonly object[] })[];
    readonly skipped: readonly object[];
    readonly stats: object;
  };
  const names = (value: object | undefined) => Object.keys(value ?? {}).join(' ');
  assert.equal(names(report), 'schemaVersion target complete image findings skipped stats');
  assert.equal(names(report.image), 'id digest reference platform layers');
  assert.equal(names(report.image.layers[0]), 'digest diffId size createdBy');
  assert.equal(names(report.findings[0]), 'path sha256 md5 size fileType layer hidden name severity detections');
  assert.equal(names(report.findings[0]?.detections[0]), 'engine rule pack tags author reference licence');
  assert.equal(names(report.skipped[0]), 'path layer reason');
  assert.equal(names(report.stats), 'files contents bytes inspectedContents cachedContents cachedLayers openedArchives durationMs');
});

test('the schema refuses a report with a member too many, one too few or a value of another kind', () => {
  const good = JSON.parse(textOf(exampleReport())) as object;
  assert.notEqual(problemsOf(JSON.stringify({ ...good, extra: 1 })), '');
  assert.notEqual(problemsOf(JSON.stringify({ ...good, stats: undefined })), '');
  assert.notEqual(problemsOf(JSON.stringify({ ...good, complete: 'yes' })), '');
  assert.notEqual(problemsOf(JSON.stringify({ ...good, schemaVersion: 2 })), '');
});

test('the schema describes every member and knows every severity and file type', () => {
  const parts = [schema, ...Object.values(schema.$defs ?? {})];
  const members = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  const undescribed = members.filter(([, member]) => member.description === undefined && !('$ref' in member)).map(([name]) => name);
  assert.deepEqual(undescribed, []);
  const finding = schema.$defs?.['finding']?.properties;
  assert.deepEqual(finding?.['severity']?.enum, severities);
  assert.deepEqual(finding?.['fileType']?.enum, fileTypes);
});

test('a report of 100,000 findings is written in pieces of about 64 KiB', () => {
  const finding = exampleFinding();
  const findings = Array.from({ length: 100_000 }, (_, index) => ({ ...finding, path: `/file/${index}` }));
  let length = 0;
  let longest = 0;
  let last = '';
  for (const piece of jsonReport(exampleReport({ findings }))) {
    length += piece.length;
    longest = Math.max(longest, piece.length);
    last = piece;
  }
  assert.ok(length > 50_000_000);
  assert.ok(longest < 128 * 1024);
  assert.ok(last.endsWith('}\n'));
});
