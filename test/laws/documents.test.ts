import assert from 'node:assert/strict';
import { matchesGlob, posix } from 'node:path';
import { test } from 'node:test';
import { assertHolds, example, type Law, type TreeFile } from './tree.ts';

/** Pages that show people around, so that what they name must be there. */
const guides = /^(?:README|ARCHITECTURE|CONTRIBUTING)[^/]*\.md$/;
const ourPath = /^(?:src|test|bench|bin|docs|rules|web|deploy|\.ci)\/|^[\w.-]+\.(?:md|json|ts)$|^LICENSE$/;
/** What stands for a name the reader chooses. */
const placeholder = /[<>…$:]|NAME|\.\.\./;

const namedPathsExist: Law = (files) =>
  files
    .filter(({ path }) => guides.test(path))
    .flatMap(({ path, text }) =>
      [...withoutBlocks(text).matchAll(/`([^`\s]+)`/g)]
        .map(([, named = '']) => named)
        .filter((named) => ourPath.test(named) && !placeholder.test(named) && !exists(files, named))
        .map((named) => `${path} names ${named}, which does not exist`),
    );

const linksLeadSomewhere: Law = (files) =>
  files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...withoutBlocks(text).matchAll(/\]\((?<target>[^)\s#]+)(?:#[^)]*)?\)/g)]
        .map(({ groups }) => decodeURI(groups?.['target'] ?? ''))
        .filter((target) => !/^[a-z]+:/.test(target) && !exists(files, posix.join(posix.dirname(path), target)))
        .map((target) => `${path} links to ${target}, which does not exist`),
    );

/** A file, a folder or a pattern; a file alone may be named without its folder. */
function exists(files: readonly TreeFile[], named: string): boolean {
  const path = named.replace(/\/$/, '');
  return files.some(
    (file) =>
      file.path === path || file.path.startsWith(`${path}/`) || matchesGlob(file.path, path) || (!path.includes('/') && posix.basename(file.path) === path),
  );
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}

test('paths that the guides name exist', () => assertHolds(namedPathsExist));
test('links between pages lead somewhere', () => assertHolds(linksLeadSomewhere));

const broken: [Law, string, string][] = [
  [namedPathsExist, 'README.md', 'see `src/gone.ts`'],
  [namedPathsExist, 'ARCHITECTURE.md', 'the folder `src/gone/`'],
  [namedPathsExist, 'CONTRIBUTING.md', 'the file `gone.json`'],
  [namedPathsExist, 'CONTRIBUTING.zh.md', 'all of `src/gone/*.ts`'],
  [linksLeadSomewhere, 'docs/a.md', '[gone](gone.md#part)'],
];
for (const [law, path, text] of broken)
  test(`${path} with "${text}" breaks a law`, () => assert.equal(law(example({ [path]: text, 'src/here.ts': '' })).length, 1));

test('what exists, what is chosen by the reader and what is elsewhere may be named', () => {
  const text =
    '`src/here.ts` `src/` `here.ts` `src/*.ts` `src/<area>/x.ts` `npm` `a/b` [here](src/here.ts#top) [web](https://example.com)\n```\n`src/gone.ts`\n```\n';
  const files = example({ 'README.md': text, 'src/here.ts': '' });
  for (const law of [namedPathsExist, linksLeadSomewhere]) assert.deepEqual(law(files), []);
});
