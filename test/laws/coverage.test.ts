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
  folder: 'src',
  groups: [{ cases: { Show: [{ Id: 'a' }] }, silent: { 'Row.Size': 'Nothing is measured.' }, idle: { 'Show.More': 'There is no more.' } }],
};

test('what is whole keeps the law, and stands in the page with its reasons', () => {
  assert.deepEqual(gaps(sound), []);
  const page = coveragePage([sound]);
  assert.match(page, /\| \[Show\]\(\.\.\/src\/Show\.test\.ts\) \| Id \| More\u00a0\(2\) \| Rows\[\] \{ Name \} \| Rows\[\] \{ Size\u00a0\(1\) \} \|/);
  assert.match(page, /1\. Nothing is measured\.\n2\. There is no more\.\n/);
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
  ['a reason for no field', { ...sound, groups: [...sound.groups, { cases: {}, silent: { 'Row.Gone': 'No.' } }] }, /Row\.Gone, which no answer has/],
  ['a reason for no parameter', { ...sound, groups: [...sound.groups, { cases: {}, idle: { 'Show.Gone': 'No.' } }] }, /Show\.Gone, which is no parameter/],
];
for (const [name, surface, wanted] of broken) {
  test(`${name} breaks the law`, () => {
    const found = gaps(surface);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', wanted);
  });
}
