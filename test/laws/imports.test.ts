import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { type Import, importsOf } from './imports.ts';
import { assertHolds, example, isSource, type Law, readTree } from './tree.ts';

const shapes = ['artifacts/source.ts', 'engines/engine.ts', 'formats/', 'store/store.ts'] as const;
const leaves = ['domain/', 'lib/'] as const;
const anything = [''] as const;

/** What the files of an area may import of others: whole areas (with a slash) or single files. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  lib: [],
  artifacts: leaves,
  formats: leaves,
  engines: leaves,
  responses: leaves,
  store: leaves,
  scan: [...leaves, ...shapes],
  app: [...leaves, 'store/store.ts'],
  clouds: [...leaves, 'app/'],
  console: [...leaves, 'app/'],
  worker: [...leaves, 'artifacts/', 'formats/', 'engines/', 'scan/', 'store/', 'app/'],
  agent: [...leaves, 'artifacts/', 'formats/', 'engines/', 'scan/', 'responses/'],
  // The commands choose the implementations.
  cli: anything,
};

const areasKeepTheirBounds: Law = (files) =>
  importsIn(files).flatMap(({ from, to }) => {
    const area = areaOf(from);
    if (!to.startsWith('src/') || areaOf(to) === area) return [];
    const bounds = allowed[area];
    if (bounds === undefined) return [`${from}: the area ${area} is not in the table of this law`];
    const target = to.slice('src/'.length);
    return bounds.some((bound) => (bound === '' || bound.endsWith('/') ? target.startsWith(bound) : target === bound)) ? [] : [`${from} imports ${to}`];
  });

const areasAreCrossedByName: Law = (files) =>
  files
    .filter(({ path }) => isSource(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/from '(?<specifier>[.#][^']*)'/g)].flatMap(({ groups }) => {
        const specifier = groups?.['specifier'] ?? '';
        const inside = specifier.startsWith('#')
          ? areaOf(`src/${specifier.slice(1)}`) === areaOf(path)
          : areaOf(posix.join(posix.dirname(path), specifier)) !== areaOf(path);
        return inside ? [`${path} writes '${specifier}': ./ and ../ inside an area, # across`] : [];
      }),
    );

const operationsStandAlone: Law = (files) =>
  files
    .filter(({ path }) => /^src\/clouds\/.*\/operations\/[^/]+$/.test(path))
    .flatMap(importsOf)
    .filter(({ from, to }) => to.includes('/operations/') && to !== from.replace('.test.ts', '.ts'))
    .map(({ from, to }) => `${from} imports the operation ${to}`);

// Imports of types alone are gone at run time and cannot leave a value undefined.
const importsHaveNoCycles: Law = (files) => {
  const targets = new Map<string, string[]>();
  for (const { from, to, typeOnly } of importsIn(files)) if (!typeOnly) targets.set(from, [...(targets.get(from) ?? []), to]);
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (finished.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return cycles;
};

const exportsAreNamed: Law = (files) =>
  files
    .filter(({ path, text }) => path.endsWith('.ts') && /^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m.test(text))
    .map(({ path }) => `${path} has a default export`);

function importsIn(files: Parameters<Law>[0]): readonly Import[] {
  return files.filter(({ path }) => isSource(path)).flatMap(importsOf);
}

function areaOf(path: string): string {
  return path.split('/')[1] ?? '';
}

test('an area imports only what stands before it', () => assertHolds(areasKeepTheirBounds));
test('an area is named by # from outside and by ./ from inside', () => assertHolds(areasAreCrossedByName));
test('an operation of a cloud imports no other', () => assertHolds(operationsStandAlone));
test('no file imports itself by way of others', () => assertHolds(importsHaveNoCycles));
test('nothing is exported as default', () => assertHolds(exportsAreNamed));

test('the laws see the imports of this tree', () => {
  assert.ok(importsIn(readTree()).length > 50);
});

const broken: [string, Law, Record<string, string>][] = [
  ['a domain that imports lib', areasKeepTheirBounds, { 'src/domain/a.ts': "import { b } from '#lib/b.ts';" }],
  ['an engine that imports the store by a relative path', areasKeepTheirBounds, { 'src/engines/yara/a.ts': "import type { B } from '../../store/store.ts';" }],
  ['a scan that imports an implementation', areasKeepTheirBounds, { 'src/scan/a.ts': "import { b } from '#engines/yara/b.ts';" }],
  ['an app that loads the scan when it runs', areasKeepTheirBounds, { 'src/app/a.ts': "const b = await import('#scan/b.ts');" }],
  ['a cloud that exports the store', areasKeepTheirBounds, { 'src/clouds/a.ts': "export * from '#store/store.ts';" }],
  ['an import over several lines', areasKeepTheirBounds, { 'src/app/a.ts': "import {\n  b,\n  c,\n} from '#cli/b.ts';" }],
  ['an import for its effects', areasKeepTheirBounds, { 'src/store/a.ts': "import '#app/b.ts';" }],
  ['an area that nobody knows', areasKeepTheirBounds, { 'src/misc/a.ts': "import { b } from '#domain/b.ts';" }],
  ['a relative path across areas', areasAreCrossedByName, { 'src/app/a.ts': "import { b } from '../domain/b.ts';" }],
  ['a # path inside an area', areasAreCrossedByName, { 'src/app/a.ts': "import { b } from '#app/b.ts';" }],
  ['an operation that imports another', operationsStandAlone, { 'src/clouds/tencent/tcss/operations/A.ts': "import { b } from './B.ts';" }],
  ['a test of an operation that imports another', operationsStandAlone, { 'src/clouds/tencent/tcss/operations/A.test.ts': "import { b } from './B.ts';" }],
  [
    'a circle of three',
    importsHaveNoCycles,
    { 'src/lib/a.ts': "import { b } from './b.ts';", 'src/lib/b.ts': "import { c } from './c.ts';", 'src/lib/c.ts': "import { a } from './a.ts';" },
  ],
  ['a default export', exportsAreNamed, { 'src/lib/a.ts': 'export default 1;' }],
  ['a default export by another name', exportsAreNamed, { 'src/lib/a.ts': 'export { a, b as default };' }],
];
for (const [name, law, files] of broken) test(`${name} breaks its law`, () => assert.equal(law(example(files)).length, 1));

const kept: [string, Law, Record<string, string>][] = [
  [
    'a scan that imports shapes',
    areasKeepTheirBounds,
    { 'src/scan/a.ts': "import type { E } from '#engines/engine.ts';\nimport { t } from '#formats/tar.ts';\nimport fs from 'node:fs';" },
  ],
  ['a test that imports anything', areasKeepTheirBounds, { 'src/domain/a.test.ts': "import { b } from '#app/b.ts';" }],
  ['a test of an operation that imports it', operationsStandAlone, { 'src/clouds/tencent/tcss/operations/A.test.ts': "import { a } from './A.ts';" }],
  ['a circle of types', importsHaveNoCycles, { 'src/lib/a.ts': "import type { B } from './b.ts';", 'src/lib/b.ts': "import { a } from './a.ts';" }],
];
for (const [name, law, files] of kept) test(`${name} keeps its law`, () => assert.deepEqual(law(example(files)), []));
