import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

/**
 * Whether a test may go on that needs a program of the system. Where it is missing the test is skipped with that reason, and
 * under `CI=true` it fails, so that a machine meant to check everything cannot pass by leaving things out.
 */
export function requireTool(context: TestContext, name: string, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (findTool(name, environment) !== undefined) return true;
  const reason = `${name} is not installed`;
  if (environment['CI'] === 'true') throw new Error(`${reason}, and under CI=true nothing may be skipped`);
  context.skip(reason);
  return false;
}

/** Path of a program, looked up as a shell would. */
export function findTool(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
