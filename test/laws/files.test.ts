import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertHolds, example, isSource, isTest, type Law } from './tree.ts';

const mostLines = 400;
const forbiddenWords = /(?:^|[-.])(?:utils?|helpers?|managers?|common|services?|misc)(?:[-.]|$)/i;
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** An operation's file has the vendor's spelling of the action. */
const operationFile = /^src\/clouds\/.*\/operations\/[A-Z][A-Za-z0-9]*(?:\.test)?\.ts$/;

const namesSayWhatIsInside: Law = (files) =>
  files.filter(({ path }) => isOurs(path) && path.split('/').some((part) => forbiddenWords.test(part))).map(({ path }) => `${path}: this name fits anything`);

const namesAreKebabCase: Law = (files) =>
  files
    .filter(({ path }) => isOurs(path) && path.endsWith('.ts') && !operationFile.test(path))
    .filter(
      ({ path }) =>
        !path
          .replace(/(?:\.test)?\.ts$/, '')
          .split('/')
          .every((part) => kebabCase.test(part)),
    )
    .map(({ path }) => `${path} is not kebab-case`);

const filesAreShort: Law = (files) =>
  files
    .filter(({ path }) => isSource(path) || path.startsWith('bin/') || (/^(?:test|bench)\/.*\.ts$/.test(path) && !isTest(path)))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > mostLines)
    .map(({ path, lines }) => `${path} has ${lines} lines of at most ${mostLines}`);

function isOurs(path: string): boolean {
  return /^(?:src|test|bench|bin)\//.test(path);
}

test('file names say what is inside', () => assertHolds(namesSayWhatIsInside));
test('file names are kebab-case, but for operations', () => assertHolds(namesAreKebabCase));
test(`no source file has more than ${mostLines} lines`, () => assertHolds(filesAreShort));

const broken: [Law, string, string][] = [
  [namesSayWhatIsInside, 'src/lib/utils.ts', ''],
  [namesSayWhatIsInside, 'src/lib/string-helpers.test.ts', ''],
  [namesSayWhatIsInside, 'src/common/a.ts', ''],
  [namesSayWhatIsInside, 'test/support/scan-service.ts', ''],
  [namesAreKebabCase, 'src/app/listImages.ts', ''],
  [namesAreKebabCase, 'src/app/List.ts', ''],
  [namesAreKebabCase, 'src/app/list_images.ts', ''],
  [namesAreKebabCase, 'src/clouds/tencent/Sign.ts', ''],
  [filesAreShort, 'src/app/a.ts', 'x\n'.repeat(mostLines + 1)],
  [filesAreShort, 'bin/lazaret', 'x\n'.repeat(mostLines + 1)],
];
for (const [law, path, text] of broken) test(`${path} (${text.length} characters) breaks a law`, () => assert.equal(law(example({ [path]: text })).length, 1));

test('usual names and lengths keep the laws', () => {
  const files = example({
    'src/clouds/tencent/tcss/operations/DescribeImage.ts': '',
    'src/clouds/tencent/tcss/operations/DescribeImage.test.ts': '',
    'src/lib/a-b2.test.ts': 'x\n'.repeat(mostLines * 2),
    'src/lib/a.ts': 'x\n'.repeat(mostLines),
  });
  for (const law of [namesSayWhatIsInside, namesAreKebabCase, filesAreShort]) assert.deepEqual(law(files), []);
});
