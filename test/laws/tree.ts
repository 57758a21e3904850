import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A file of the repository, as laws read it. */
export interface TreeFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  /** '' for what is no text. */
  readonly text: string;
}

/** A law says what breaks it: one line for each place. */
export type Law = (files: readonly TreeFile[]) => readonly string[];

export const root = resolve(import.meta.dirname, '../..');

const largestText = 1024 * 1024;

/** What git tracks or would track; without git, all but what is installed or generated. */
export function readTree(): readonly TreeFile[] {
  return [...new Set(listPaths())].sort().flatMap(readTreeFile);
}

/** Fails with all that breaks the law, and also when the law sees nothing wrong in an example that breaks it. */
export function assertHolds(law: Law, files: readonly TreeFile[] = readTree()): void {
  assert.deepEqual(law(files), []);
}

/** Makes files of an example. */
export function example(files: Readonly<Record<string, string>>): readonly TreeFile[] {
  return Object.entries(files).map(([path, text]) => ({ path, text }));
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

export function isSource(path: string): boolean {
  return path.startsWith('src/') && path.endsWith('.ts') && !isTest(path);
}

function listPaths(): string[] {
  try {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 })
      .split('\0')
      .filter(Boolean);
  } catch {
    return globSync(['**', '.*', '.ci/**'], { cwd: root, exclude: ['node_modules/**', '.git/**', 'tmp/**', '.cache/**'] });
  }
}

// A file that git still lists may be gone.
function readTreeFile(path: string): TreeFile[] {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return [];
  const text = stats.size > largestText ? '' : readFileSync(join(root, path), 'utf8');
  return [{ path, text: text.includes('\0') ? '' : text }];
}
