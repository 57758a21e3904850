import path from 'node:path';
import { type Finished, runProgram } from './run-program.ts';

/** The program that users start. */
export const launcher = path.resolve(import.meta.dirname, '../bin/lazaret');

/** Runs our command line to its end, as a process of its own under this Node. */
export async function lazaret(args: readonly string[], options: { readonly signal: AbortSignal; readonly allowed?: readonly number[] }): Promise<Finished> {
  return await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', launcher, ...args], options);
}
