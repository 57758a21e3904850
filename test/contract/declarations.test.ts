import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../support/folder.ts';
import { misfits, readDeclarations } from './declarations.ts';

const tcssModels = createRequire(import.meta.url).resolve('tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.d.ts');

test('the declarations of the official SDK are read as a whole', () => {
  const declarations = readDeclarations(tcssModels);
  assert.deepEqual(declarations.get('DescribeAssetImageVirusListResponse')?.get('List'), {
    name: 'List',
    type: { kind: 'list', item: { kind: 'object', name: 'ImageVirusInfo' } },
    required: false,
  });
  assert.equal(declarations.get('DescribeAssetImageVirusListRequest')?.get('ImageID')?.required, true);
  assert.ok(declarations.size > 500);
});

test('every kind of misfit is told with its place', (context) => {
  const file = join(testFolder(context), 'a.d.ts');
  writeFileSync(
    file,
    'export interface Row {\n /** x */ Name?: string;\n Size?: number;\n Share?: number;\n}\nexport interface Answer { Rows?: Array<Row>; On: boolean; }\n',
  );
  const declarations = readDeclarations(file);
  const check = (value: unknown): readonly string[] => misfits(declarations, value, 'Answer', new Set(['Share']));
  assert.deepEqual(check({ Rows: [{ Name: 'a', Size: 1, Share: 0.5 }], On: false }), []);
  assert.deepEqual(check({ Rows: null, On: true }), []);
  const broken: [unknown, RegExp][] = [
    [{}, /Answer\.On: missing/],
    [{ On: 'true' }, /Answer\.On: string, not boolean/],
    [{ On: true, Rows: {} }, /Answer\.Rows: no list/],
    [{ On: true, Rows: [1] }, /Answer\.Rows\[0\]: no object/],
    [{ On: true, Rows: [{ Size: 1.5 }] }, /Rows\[0\]\.Size: 1\.5 is no whole number/],
    [{ On: true, Rows: [{ Size: '1' }] }, /Rows\[0\]\.Size: string, not number/],
    [{ On: true, Rows: [{ Name: 1 }] }, /Rows\[0\]\.Name: number, not string/],
    [{ On: true, More: 1 }, /Answer\.More: not declared/],
  ];
  for (const [value, wanted] of broken) {
    const found = check(value);
    assert.equal(found.length, 1, JSON.stringify(value));
    assert.match(found[0] ?? '', wanted);
  }
});
