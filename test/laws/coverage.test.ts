import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { operation } from '#clouds/operation.ts';
import { coveragePage, coveragePath, gaps } from '../contract/coverage.ts';
import { readTable } from '../contract/declarations.ts';
import type { Surface } from '../contract/surface.ts';
import { surfaces } from '../contract/surfaces.ts';
import { root } from './tree.ts';

for (const surface of surfaces) {
  test(`${surface.title}: every operation has a case, and every declared parameter is handled or has a reason`, () => assert.deepEqual(gaps(surface), []));
}

test('the page of coverage is what is generated; npm run coverage renews it', () => {
  assert.equal(readFileSync(join(root, coveragePath), 'utf8'), coveragePage(surfaces));
});

const reasons = { noMore: 'There is no more.', notMeasured: 'Nothing is measured.' };
const sound: Surface = {
  title: 'Example',
  operations: [operation({ action: 'Show', lasting: true, parameters: { Id: { kind: 'text', max: 9 } }, run: async () => ({}) })],
  clients: [
    {
      name: 'client',
      declarations: readTable({ ShowRequest: 'Id s!, More s', ShowResponse: 'Rows []Row, RequestId s', Row: 'Name s, Size i64' }),
      connect: () => async () => ({}),
    },
  ],
  readInput: () => ({}),
  folder: 'src',
  reasons,
  groups: [{ cases: { Show: [{ Id: 'a' }] }, silent: { 'Row.Size': reasons.notMeasured }, idle: { 'Show.More': reasons.noMore } }],
};

test('what is whole keeps the law, and stands in the page with its reasons', () => {
  assert.deepEqual(gaps(sound), []);
  const page = coveragePage([sound]);
  assert.match(page, /\| \[Show\]\(\.\.\/src\/Show\.test\.ts\) \| Id \| \*no more\*: More \| Rows\[\] \{ Name \} \| \*not measured\*: Rows\[\] \{ Size \} \|/);
  assert.match(page, /- \*no more\*: There is no more\.\n- \*not measured\*: Nothing is measured\.\n/);
});

const broken: [string, Surface, RegExp][] = [
  ['an operation without a case', { ...sound, groups: [{ ...sound.groups[0], cases: {} }] }, /Show has no case/],
  ['a case without an operation', { ...sound, groups: [...sound.groups, { cases: { Hide: [{}] } }] }, /case of Hide/],
  ['an operation that no client declares', { ...sound, clients: [] }, /declared by no client/],
  [
    'a parameter that is not handled',
    { ...sound, groups: [{ ...sound.groups[0], cases: { Show: [{}] }, idle: {} }] },
    /Show\.More is declared and not handled/,
  ],
  ['a reason that is not among the reasons', { ...sound, reasons: { noMore: reasons.noMore } }, /for Row\.Size is none of the product's/],
  ['a reason for no field', { ...sound, groups: [...sound.groups, { cases: {}, silent: { 'Row.Gone': reasons.noMore } }] }, /Row\.Gone, which no answer has/],
  [
    'a reason for no parameter',
    { ...sound, groups: [...sound.groups, { cases: {}, idle: { 'Show.Gone': reasons.noMore } }] },
    /Show\.Gone, which is no parameter/,
  ],
];
for (const [name, surface, wanted] of broken) {
  test(`${name} breaks the law`, () => {
    const found = gaps(surface);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', wanted);
  });
}
