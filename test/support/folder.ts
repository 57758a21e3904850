import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A new empty directory that is removed with the test. */
export function testFolder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
