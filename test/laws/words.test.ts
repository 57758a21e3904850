import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { assertHolds, example, isSource, type Law, root, type TreeFile } from './tree.ts';

/** Values and names that only vendors use. As quoted values where they are English words too. */
const vendorWords = /\bRISK_[A-Z]+|\bDEAL_[A-Z]+|['"`](?:serious|suspicious|remind)['"`]|\bCheckPlatform\b|tencent|alibaba|aliyun|qcloud|\btcss\b|\bcwp\b/i;
/** Hosts that this machine takes packages from, as npm and apt are set up: none may find its way into a file. */
const packageHosts: readonly string[] = [
  ...new Set([process.env['npm_config_registry'] ?? '', ...aptSources()].flatMap((text) => text.match(/(?<=https?:\/\/)[\w.-]+\.[a-z]{2,}/g) ?? [])),
];

function aptSources(): string[] {
  const folder = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}`) : [])];
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
}

// In pieces, so that this file keeps its own law.
const unfinished = new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
const machinePaths = ['/wo' + 'rk/', '/tm' + 'p/bash'];

const vendorWordsStayInClouds: Law = (files) =>
  places(
    // The commands name the clouds they serve.
    files.filter(({ path }) => isSource(path) && !/^src\/(?:clouds|cli)\//.test(path)).map(withoutComments),
    (line) => vendorWords.test(line),
  );

const nothingKnowsThisMachine: Law = (files) => {
  const paths = [...machinePaths, ...[root, homedir()].filter((path) => path.split('/').length > 2)];
  return places(files, (line) => paths.some((path) => line.includes(path)));
};

const noPackageHosts =
  (hosts: readonly string[]): Law =>
  (files) =>
    places(files, (line) => hosts.some((host) => line.includes(host)));

const lockfileNamesNoHost: Law = (files) =>
  files.flatMap(({ path, text }) => {
    if (path === 'package-lock.json')
      return text.includes('"resolved": "http') ? [`${path} names a registry: run npm install with the .npmrc of this repository`] : [];
    if (path !== '.npmrc') return [];
    const lines = text.split('\n');
    return [
      ...(lines.includes('omit-lockfile-registry-resolved=true') ? [] : [`${path} lets npm write registry hosts into package-lock.json`]),
      ...lines.filter((line) => /registry\s*=\s*\S*\/\//.test(line)).map(() => `${path} names a registry`),
    ];
  });

const nothingIsUnfinished: Law = (files) =>
  places(
    files.filter(({ path }) => path !== 'package-lock.json'),
    (line) => unfinished.test(line),
  );

const testsAllRun: Law = (files) =>
  places(
    files.filter(({ path }) => path.endsWith('.ts') && !path.startsWith('test/laws/')),
    (line) => /\b(?:test|it|describe|suite)\.(?:only|skip|todo)\(|\b(?:only|skip|todo): true\b|\.(?:skip|todo)\(\)|\btodo: ['"`]/.test(line),
  );

function places(files: readonly TreeFile[], isBroken: (line: string) => boolean): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (isBroken(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

// Keeps the lines, so that their numbers stay right.
function withoutComments({ path, text }: TreeFile): TreeFile {
  const blanked = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  return { path, text: blanked.replace(/(^|\s)\/\/.*$/gm, '$1') };
}

test("vendors' words stay in src/clouds", () => assertHolds(vendorWordsStayInClouds));
test('nothing names a path of the machine it was written on', () => assertHolds(nothingKnowsThisMachine));
test('nothing names a host of a package registry', () => assertHolds(noPackageHosts(packageHosts)));
test('the lockfile names no registry', () => assertHolds(lockfileNamesNoHost));
test('nothing is left for later in a comment', () => assertHolds(nothingIsUnfinished));
test('no test is singled out, skipped or put off', () => assertHolds(testsAllRun));

const broken: [Law, string, string][] = [
  [vendorWordsStayInClouds, 'src/domain/a.ts', "const level = 'RISK_HIGH';"],
  [vendorWordsStayInClouds, 'src/app/a.ts', "if (level === 'serious') return;"],
  [vendorWordsStayInClouds, 'src/store/a.ts', "import { t } from '#clouds/tencent/a.ts';"],
  [vendorWordsStayInClouds, 'src/scan/a.ts', 'const state = DEAL_NONE; // ours'],
  [nothingKnowsThisMachine, 'README.md', `see ${root}/docs`],
  [nothingKnowsThisMachine, 'src/lib/a.ts', `const path = '${machinePaths[0]}main';`],
  [noPackageHosts(['packages.example']), 'docs/a.md', 'https://packages.example/lazaret'],
  [lockfileNamesNoHost, 'package-lock.json', '      "resolved": "https://example.test/a.tgz",'],
  [lockfileNamesNoHost, '.npmrc', 'fund=false\n'],
  [lockfileNamesNoHost, '.npmrc', 'omit-lockfile-registry-resolved=true\nregistry=https://example.test/'],
  [nothingIsUnfinished, 'src/lib/a.ts', `// ${'TO' + 'DO'}: later`],
  [testsAllRun, 'src/lib/a.test.ts', "test.only('a', () => {});"],
  [testsAllRun, 'src/lib/a.test.ts', "test('a', { skip: true }, () => {});"],
  [testsAllRun, 'src/lib/a.test.ts', 'context.skip();'],
];
for (const [law, path, text] of broken)
  test(`${path} with ${JSON.stringify(text.replace(root, 'ROOT'))} breaks a law`, () => assert.equal(law(example({ [path]: text })).length, 1));

test('usual text keeps the laws', () => {
  const files = example({
    'src/clouds/tencent/a.ts': "const level = 'RISK_HIGH';",
    'src/domain/a.ts': "/** As Tencent's RISK_HIGH. */\n// CheckPlatform\nconst url = 'https://suspicious.example'; // alibaba",
    'src/lib/a.test.ts': "context.skip('yara is not installed');",
    'package-lock.json': '"resolved": "packages/a"',
    '.npmrc': 'omit-lockfile-registry-resolved=true\nfund=false\n',
  });
  for (const law of [
    vendorWordsStayInClouds,
    nothingKnowsThisMachine,
    noPackageHosts(['packages.example']),
    lockfileNamesNoHost,
    nothingIsUnfinished,
    testsAllRun,
  ])
    assert.deepEqual(law(files), []);
});
