import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram } from './find-program.ts';
import { lazaret } from './lazaret.ts';
import { clamavText } from './rules/clamav-text.ts';
import { generateRules } from './rules/generate.ts';
import { ruleSeed } from './rules/seed.ts';
import { yaraText } from './rules/yara-text.ts';
import { runProgram } from './run-program.ts';
import { plantedRules } from './samples.ts';
import type { Workspace } from './workspace.ts';

/** The rules of a comparison, as each side takes them. */
export interface RulePack {
  readonly name: string;
  /** How many rules are compared. */
  readonly rules: number;
  /** Folder of sources, for us. */
  readonly folder: string;
  /** Compiled by yarac; undefined where YARA is not installed. */
  readonly compiled: string | undefined;
  /** Signatures of the same patterns for ClamAV; undefined for given packs. */
  readonly signatures: string | undefined;
  /** Rules whose hits cannot be compared: they use external variables, for which YARA's command has one value for all files. */
  readonly incomparable: ReadonlySet<string>;
  /** Names of rules that must match something in the tree. */
  readonly planted: readonly string[];
  /** What was left out, and why; '' for nothing. */
  readonly note: string;
}

const rulesInFile = 10;

/** Rules made by our own generator. */
export async function generatedPack(workspace: Workspace, signal: AbortSignal): Promise<RulePack> {
  const folder = await workspace.folder();
  const rules = generateRules(ruleSeed);
  for (let first = 0; first < rules.length; first += rulesInFile) {
    const file = path.join(folder, `bench-${String(first / rulesInFile).padStart(3, '0')}.yar`);
    await writeFile(
      file,
      rules
        .slice(first, first + rulesInFile)
        .map(yaraText)
        .join('\n'),
    );
  }
  const signatures = path.join(await workspace.folder(), 'bench.ldb');
  await writeFile(signatures, `${rules.map(clamavText).join('\n')}\n`);
  return {
    name: 'generated',
    rules: rules.length,
    folder,
    compiled: await compile(folder, workspace, signal),
    signatures,
    incomparable: new Set(),
    planted: plantedRules(rules).map(({ name }) => name),
    note: '',
  };
}

/**
 * Rules that the user has, as far as both sides take them: files that YARA's compiler refuses are left out, and so are files with rules that we refuse.
 * Files with external variables are scanned with by both, and their hits are left out of the comparison.
 */
export async function givenPack(paths: readonly string[], workspace: Workspace, signal: AbortSignal): Promise<RulePack> {
  if (findProgram('yarac') === undefined) throw new Error('yarac is needed to compare given rules, and is not installed');
  const folder = await workspace.folder();
  const counts = { files: 0, plain: 0, external: 0, refused: 0, ours: 0 };
  const external = new Set<string>();
  for (const [index, given] of paths.entries()) {
    for (const { file, name } of await ruleFiles(path.resolve(given))) {
      counts.files += 1;
      const placed = path.join(folder, String(index), name);
      const taken = await takenAs(file, workspace, signal);
      counts[taken] += 1;
      if (taken !== 'refused') await place(file, placed);
      if (taken === 'external') external.add(placed);
    }
  }
  const { rules, bad, names } = await checkOurs(folder, signal);
  for (const file of bad) await workspace.remove(file);
  counts.ours = bad.length;
  const incomparable = new Set([...external].flatMap((file) => names.get(file) ?? []));
  const left = counts.files - counts.refused - counts.ours;
  const note = `${left} of ${counts.files} files; left out: ${counts.refused} that yarac refuses, ${counts.ours} that lazaret refuses; the hits of ${incomparable.size} rules in ${counts.external} files with external variables are not compared`;
  if (left === 0) throw new Error(`no rules are left to compare: ${note}`);
  const name = [...new Set(paths.map((given) => path.basename(given)))].join(', ');
  return { name, rules, folder, compiled: await compile(folder, workspace, signal), signatures: undefined, incomparable, planted: [], note };
}

const endings = ['.yar', '.yara', '.rule', '.rules'];

async function ruleFiles(given: string): Promise<readonly { readonly file: string; readonly name: string }[]> {
  if (!(await stat(given)).isDirectory()) return [{ file: given, name: path.basename(given) }];
  const names = await readdir(given, { recursive: true });
  return names
    .filter((name) => endings.includes(path.extname(name).toLowerCase()))
    .sort()
    .map((name) => ({ file: path.join(given, name), name }));
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** The external variables that scanners define, without a value. */
const externals = ['filename', 'filepath', 'extension', 'filetype', 'owner'].flatMap((name) => ['-d', `${name}=none`]);

async function takenAs(file: string, workspace: Workspace, signal: AbortSignal): Promise<'plain' | 'external' | 'refused'> {
  const compiles = async (more: readonly string[]) =>
    (await runProgram('yarac', ['-w', ...more, file, path.join(workspace.temporary, 'tried.yarc')], { signal, allowed: [0, 1] })).status === 0;
  if (await compiles([])) return 'plain';
  return (await compiles(externals)) ? 'external' : 'refused';
}

async function checkOurs(
  folder: string,
  signal: AbortSignal,
): Promise<{ readonly rules: number; readonly bad: readonly string[]; readonly names: ReadonlyMap<string, readonly string[]> }> {
  const { stdout } = await lazaret(['rules', 'check', '--format', 'json', folder], { signal, allowed: [0, 1] });
  const { packs } = JSON.parse(stdout) as {
    readonly packs: readonly {
      readonly rules: readonly { readonly file: string; readonly rule: string }[];
      readonly problems: readonly { readonly file: string }[];
    }[];
  };
  const bad = new Set(packs.flatMap(({ problems }) => problems.map(({ file }) => file)));
  const rules = packs.flatMap((pack) => pack.rules).filter(({ file }) => !bad.has(file));
  const names = Map.groupBy(rules, ({ file }) => file);
  return { rules: rules.length, bad: [...bad], names: new Map([...names].map(([file, members]) => [file, members.map(({ rule }) => rule)])) };
}

// Every file has a namespace of its own on both sides, so that equal names do not meet.
async function compile(folder: string, workspace: Workspace, signal: AbortSignal): Promise<string | undefined> {
  if (findProgram('yarac') === undefined) return undefined;
  const compiled = path.join(await workspace.folder(), 'rules.yarc');
  const files = await ruleFiles(folder);
  await runProgram('yarac', ['-w', ...externals, ...files.map(({ file }, index) => `n${index}:${file}`), compiled], { signal });
  return compiled;
}
