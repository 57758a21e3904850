import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs a program to its end and gives what it printed; fails with its error output, and after a minute. */
export async function run(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { stdout } = await execute(program, [...parameters], { env: environment, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
}
