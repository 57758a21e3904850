import type { Io } from './command.ts';

/** A command's outside for tests: no terminal, an empty environment, a clock that stands, and what was written. */
export function testIo(changes: Partial<Io> = {}): { readonly io: Io; readonly output: () => { readonly stdout: string; readonly stderr: string } } {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    env: {},
    isTerminal: false,
    outputIsTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
    cwd: '/',
    clock: () => Date.UTC(2024, 0, 2, 3, 4, 5, 678),
    randomBytes: (size) => new Uint8Array(size).map((_, index) => index),
    ...changes,
  };
  return { io, output: () => ({ stdout, stderr }) };
}
