// `npm test [-- FILE|FOLDER|PART-OF-A-PATH ...] [--node-option ...]`
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { installTools } from './install-tools.ts';
import { addSummaries, counters, readTap, type TapSummary } from './tap-summary.ts';

interface Group {
  readonly name: string;
  readonly patterns: readonly string[];
  readonly options: readonly string[];
  readonly minutes: number;
}

const groups: readonly Group[] = [
  // One process for all: 300 files take a second so, and most of a minute with a process each.
  { name: 'unit tests', patterns: ['src/**/*.test.ts', 'test/support/**/*.test.ts', 'bench/**/*.test.ts'], options: ['--test-isolation=none'], minutes: 15 },
  { name: 'laws, rules and whole runs', patterns: ['test/{laws,rules,contract,e2e}/**/*.test.ts'], options: ['--test-concurrency=2'], minutes: 45 },
];

const root = resolve(import.meta.dirname, '../..');
const given = process.argv.slice(2);
const wanted = given.filter((argument) => !argument.startsWith('-'));
const nodeOptions = given.filter((argument) => argument.startsWith('-'));

process.exitCode = await main();

async function main(): Promise<number> {
  const selected = groups.map((group) => ({ group, files: selectFiles(group) })).filter(({ files }) => files.length > 0);
  if (selected.length === 0) {
    say(`No test file matches ${wanted.join(' ') || 'anything'}.`);
    return 1;
  }
  installTools(say);
  const results: { readonly status: number; readonly summary: TapSummary | undefined }[] = [];
  for (const { group, files } of selected) results.push(await runGroup(group, files));
  return conclude(results);
}

function selectFiles({ patterns }: Group): string[] {
  const files = globSync(patterns, { cwd: root }).sort();
  if (wanted.length === 0) return files;
  return files.filter((file) => wanted.some((part) => file.includes(part) || file === relative(root, resolve(part))));
}

async function runGroup(group: Group, files: readonly string[]): Promise<{ status: number; summary: TapSummary | undefined }> {
  const directory = mkdtempSync(join(tmpdir(), 'lazaret-tests-'));
  try {
    const tap = join(directory, 'tap');
    say(`${group.name} (${files.length} files)`);
    const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${tap}`];
    const status = await runNode(['--test', '--disable-warning=ExperimentalWarning', ...reporters, ...group.options, ...nodeOptions, ...files], group.minutes);
    return { status, summary: readTap(readFileSync(tap, { encoding: 'utf8', flag: 'a+' })) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runNode(args: readonly string[], minutes: number): Promise<number> {
  // Inside another test run, node's runner would do nothing.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = () => child.kill('SIGTERM');
  const late = setTimeout(() => {
    say(`Stopped after ${minutes} minutes.`);
    child.kill('SIGKILL');
  }, minutes * 60_000);
  process.once('SIGTERM', stop);
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (status) => {
      clearTimeout(late);
      process.off('SIGTERM', stop);
      done(status ?? 1);
    });
  });
}

function conclude(results: readonly { readonly status: number; readonly summary: TapSummary | undefined }[]): number {
  const { counts, failed, skipped } = addSummaries(results.flatMap(({ summary }) => summary ?? []));
  const intolerant = process.env['CI'] === 'true';
  if (failed.length > 0) say(`Failed:\n${failed.map((name) => `  ${name}`).join('\n')}`);
  if (skipped.length > 0) say(`Not run${intolerant ? ', which under CI=true is a failure' : ''}:\n${skipped.map((name) => `  ${name}`).join('\n')}`);
  const broken = results.filter(({ status, summary }) => summary === undefined || (status !== 0 && summary.counts.fail + summary.counts.cancelled === 0));
  if (broken.length > 0) say(`${broken.length} of ${results.length} test processes did not come to their end.`);
  if (results.length > 1) say(`all together\n${counters.map((counter) => `ℹ ${counter} ${counts[counter]}`).join('\n')}`);
  return results.some(({ status }) => status !== 0) || broken.length > 0 || (intolerant && skipped.length > 0) ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
