import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { importsOf } from './imports.ts';
import { assertHolds, example, isTest, type Law, type TreeFile } from './tree.ts';

/** A family whose members are written out in a list. */
interface Family {
  readonly list: RegExp;
  /** Whether a file, told by its path from the list's folder, is a member by itself. */
  isMember(path: string, file: TreeFile): boolean;
}

const families: readonly Family[] = [
  {
    list: /^src\/artifacts\/index\.ts$/,
    isMember: (path, { text }) => path.includes('/') && /^export (?:const|function|class) .*\bArtifactSource\b/m.test(text),
  },
  { list: /^src\/engines\/index\.ts$/, isMember: () => false },
  { list: /^src\/formats\/index\.ts$/, isMember: (_path, { text }) => /^export const \w+: Format\b/m.test(text) },
  { list: /^src\/store\/migrations\/index\.ts$/, isMember: (path) => /^\d/.test(path) },
  { list: /^src\/clouds\/[^/]+\/[^/]+\/index\.ts$/, isMember: (path) => /^operations\/[^/]+$/.test(path) },
];
/** Lists of which every folder beside them is a member too. */
const listsFolders = /^src\/(?:artifacts|engines)\/index\.ts$/;

const listsEqualFolders: Law = (files) =>
  files.flatMap((list) => {
    const family = families.find((candidate) => candidate.list.test(list.path));
    if (family === undefined) return [];
    const folder = `${posix.dirname(list.path)}/`;
    const inside = files.filter(({ path }) => path.startsWith(folder) && path.endsWith('.ts') && !isTest(path) && path !== list.path);
    const listed = importsOf(list).map(({ to }) => to);
    const members = inside.filter((file) => family.isMember(file.path.slice(folder.length), file)).map(({ path }) => path);
    const folders = listsFolders.test(list.path)
      ? [
          ...new Set(
            inside
              .map(({ path }) => path.slice(folder.length))
              .filter((path) => path.includes('/'))
              .map((path) => `${folder}${path.split('/')[0]}/`),
          ),
        ]
      : [];
    return [
      ...members.filter((member) => !listed.includes(member)).map((member) => `${list.path} lacks ${member}`),
      ...folders.filter((member) => !listed.some((path) => path.startsWith(member))).map((member) => `${list.path} lacks ${member}`),
      ...listed
        .filter((path) => path.startsWith(folder) && !inside.some((file) => file.path === path))
        .map((path) => `${list.path} lists ${path}, which does not exist`),
      ...members
        .filter((member) => listed.includes(member) && !isUsed(list.text, member))
        .map((member) => `${list.path} imports ${member} and does not list it`),
    ];
  });

const membersHaveAList: Law = (files) => {
  const operations = files.filter(({ path }) => /^src\/clouds\/.*\/operations\/[^/]+\.ts$/.test(path));
  const lists = new Set(operations.map(({ path }) => posix.join(posix.dirname(path), '../index.ts')));
  return [...lists].filter((list) => !files.some(({ path }) => path === list)).map((list) => `${list} does not exist`);
};

const operationsAreTested: Law = (files) =>
  operationsIn(files)
    .filter(({ path }) => !files.some((file) => file.path === path.replace(/\.ts$/, '.test.ts')))
    .map(({ path }) => `${path} has no test`);

const operationsAreNamedByTheirAction: Law = (files) =>
  operationsIn(files)
    .filter(({ path, text }) => !text.includes(`action: '${posix.basename(path, '.ts')}'`))
    .map(({ path }) => `${path} has another action than its name`);

function operationsIn(files: readonly TreeFile[]): readonly TreeFile[] {
  return files.filter(({ path }) => /^src\/clouds\/.*\/operations\/[^/]+\.ts$/.test(path) && !isTest(path));
}

// What is imported from a member must stand in the list once more at least.
function isUsed(text: string, member: string): boolean {
  const statement = new RegExp(`\\{([^}]*)\\}\\s*from\\s*'[^']*${posix.basename(member).replaceAll('.', '\\.')}'`).exec(text);
  const names = (statement?.[1] ?? '')
    .split(',')
    .map(
      (name) =>
        name
          .trim()
          .split(/\s+as\s+/)
          .at(-1)
          ?.trim() ?? '',
    )
    .filter(Boolean);
  return statement === null || names.some((name) => (text.match(new RegExp(`\\b${name}\\b`, 'g')) ?? []).length > 1);
}

test('a list names every member of its folder, and nothing else', () => assertHolds(listsEqualFolders));
test('operations stand beside a list', () => assertHolds(membersHaveAList));
test('every operation has a test', () => assertHolds(operationsAreTested));
test('an operation has the action its file is named by', () => assertHolds(operationsAreNamedByTheirAction));

const operations = 'src/clouds/tencent/tcss/operations';
const broken: [string, Law, Record<string, string>][] = [
  ['an operation that is not listed', listsEqualFolders, { 'src/clouds/tencent/tcss/index.ts': '', [`${operations}/A.ts`]: '' }],
  [
    'an operation that is imported and not listed',
    listsEqualFolders,
    { 'src/clouds/tencent/tcss/index.ts': "import { a } from './operations/A.ts';\nexport const list = [];", [`${operations}/A.ts`]: '' },
  ],
  [
    'a listed operation that does not exist',
    listsEqualFolders,
    { 'src/clouds/tencent/tcss/index.ts': "import { a } from './operations/A.ts';\nexport const list = [a];" },
  ],
  ['operations without a list', membersHaveAList, { [`${operations}/A.ts`]: '' }],
  ['an engine that is not listed', listsEqualFolders, { 'src/engines/index.ts': '', 'src/engines/clamav/engine.ts': '' }],
  [
    'a source that is not listed',
    listsEqualFolders,
    {
      'src/artifacts/index.ts': "export * from './image/b.ts';",
      'src/artifacts/image/a.ts': 'export const a: ArtifactSource = {};',
      'src/artifacts/image/b.ts': '',
    },
  ],
  ['a format that is not listed', listsEqualFolders, { 'src/formats/index.ts': '', 'src/formats/arj.ts': 'export const arj: Format = {};' }],
  ['a migration that is not listed', listsEqualFolders, { 'src/store/migrations/index.ts': '', 'src/store/migrations/0002-more.ts': '' }],
  ['an operation without a test', operationsAreTested, { [`${operations}/A.ts`]: '' }],
  ['an operation with another action', operationsAreNamedByTheirAction, { [`${operations}/A.ts`]: "action: 'B'" }],
];
for (const [name, law, files] of broken) test(`${name} breaks its law`, () => assert.equal(law(example(files)).length, 1));

test('a list that equals its folder keeps the law', () => {
  const files = example({
    'src/clouds/tencent/tcss/index.ts': "import { a } from './operations/A.ts';\nexport const list = [a];",
    [`${operations}/A.ts`]: "action: 'A'",
    [`${operations}/A.test.ts`]: '',
  });
  for (const law of [listsEqualFolders, membersHaveAList, operationsAreTested, operationsAreNamedByTheirAction]) assert.deepEqual(law(files), []);
});
