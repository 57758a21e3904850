import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TreeMemory, watchMemory } from './process-tree.ts';

/** What a finished program cost and said. */
export interface Finished {
  /** Seconds from its start to its end. */
  readonly seconds: number;
  readonly memory: TreeMemory;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

interface RunOptions {
  readonly signal: AbortSignal;
  /** Exit statuses that mean success; 0 where nothing is said. */
  readonly allowed?: readonly number[];
  readonly cwd?: string;
  readonly input?: string;
}

const keptOutput = 256 * 1024 * 1024;

/**
 * Runs a program to its end, in a process group of its own, which is ended as a whole when `signal` is aborted.
 * @throws Error with the end of its error output when it ends with another status than allowed.
 */
export async function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  const { signal, allowed = [0] } = options;
  signal.throwIfAborted();
  const started = performance.now();
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...(options.cwd === undefined ? {} : { cwd: options.cwd }) });
  const stopWith = endWith(child, signal);
  const memory = watchMemory(child.pid ?? 0);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  try {
    const [status, by] = await ended;
    const seconds = (performance.now() - started) / 1000;
    const held = memory.stop();
    signal.throwIfAborted();
    if (!child.stdout.readableEnded || !child.stderr.readableEnded) await closed(child);
    if (status === null || !allowed.includes(status))
      throw new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${by ?? status}: ${stderr().trim().slice(-2000)}`);
    return { seconds, memory: held, stdout: stdout(), stderr: stderr(), status };
  } finally {
    memory.stop();
    stopWith();
  }
}

/** A program that runs until it is told to stop. */
export interface Running {
  readonly child: ChildProcess & { readonly stdout: NodeJS.ReadableStream };
  stop(): Promise<void>;
}

/** Starts a program in the background; its errors go to ours. */
export function startProgram(program: string, args: readonly string[], signal: AbortSignal): Running {
  signal.throwIfAborted();
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const stopWith = endWith(child, signal);
  return {
    child,
    async stop() {
      stopWith();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => killGroup(child), 5000);
      await exited;
      clearTimeout(late);
    },
  };
}

function endWith(child: ChildProcess, signal: AbortSignal): () => void {
  const end = (): void => killGroup(child);
  signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= keptOutput) parts.push(part);
  });
  return () => Buffer.concat(parts).toString();
}

async function closed(child: ChildProcess): Promise<void> {
  await Promise.race([once(child, 'close'), new Promise((resolve) => setTimeout(resolve, 5000))]);
}
