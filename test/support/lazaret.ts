import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../bin/lazaret', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the real command, with nothing of the caller's settings in its environment. */
export function startLazaret(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const env = { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...environment };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', launcher, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.once('error', reject);
  child.once('close', (status) => resolve({ status, ...output }));
  return { child, ended: promise };
}

/** Runs the real command to its end. */
export function lazaret(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return startLazaret(args, environment).ended;
}

/** Ids of the living processes below `pid` whose command line holds `words`. Linux only. */
export function descendants(pid: number, words: string): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (one: number): number[] => (children.get(one) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid).filter((one) => commandLine(one).includes(words));
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** Ends a process and all below it at once, as a power cut would. */
export function killTree(pid: number): void {
  for (const one of [pid, ...descendants(pid, '')]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It ended with its parent.
    }
  }
}
