import assert from 'node:assert/strict';
import { type Dirent, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eicar } from '../support/samples.ts';
import { type CompiledPack, compileWholePack, requireNative, root } from './pack.ts';

const MB = 1_000_000;
const largestFile = 20 * 1024 * 1024;
const ownFolders = ['src', 'test', 'rules', 'docs', 'bin', 'bench', 'web', 'deploy'];
const systemFolders = [
  '/etc',
  '/bin',
  '/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/lib',
  '/usr/lib/python3',
  '/usr/share/perl',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/share/doc',
  '/var/lib/dpkg',
];
/** What a machine may hold by right, outside this repository: tools that testers install, and plainly packed programs. */
const toolTags = new Set(['scanner', 'bruteforce', 'tunnel', 'packer']);

interface Walk {
  readonly findings: string[];
  files: number;
  bytes: number;
}

test('the pack is silent on this repository', (context) => {
  if (!requireNative(context)) return;
  const walk = start();
  const pack = compileWholePack();
  for (const folder of ownFolders) scanFolder(pack, join(root, folder), walk, { bytes: 50 * MB, deadline: Date.now() + 10_000 });
  for (const entry of readdirSync(root, { withFileTypes: true })) if (entry.isFile()) scanFile(pack, join(root, entry.name), walk);
  context.diagnostic(`${walk.files} files, ${(walk.bytes / MB).toFixed(1)} MB`);
  assert.ok(walk.files > 100);
  assert.deepEqual(walk.findings, []);
});

test('the pack is silent on the packages we depend on', (context) => {
  if (!requireNative(context)) return;
  const walk = start();
  scanFolder(compileWholePack(), join(root, 'node_modules'), walk, { bytes: 400 * MB, deadline: Date.now() + 20_000 });
  context.diagnostic(`${walk.files} files, ${(walk.bytes / MB).toFixed(1)} MB`);
  assert.ok(walk.files > 100);
  assert.deepEqual(walk.findings, []);
});

test('the pack is silent on the operating system it runs on', (context) => {
  if (!requireNative(context)) return;
  const walk = start();
  const pack = compileWholePack();
  // A share for each folder, so that the first does not use up the time of the rest.
  for (const folder of systemFolders.filter((path) => existsSync(path)))
    scanFolder(pack, folder, walk, { bytes: walk.bytes + (400 / systemFolders.length) * MB, deadline: Date.now() + 2000 });
  context.diagnostic(`${walk.files} files, ${(walk.bytes / MB).toFixed(1)} MB`);
  assert.ok(walk.files > 100);
  assert.deepEqual(walk.findings, []);
});

test('the walk reports a sample that lies in a folder', (context) => {
  if (!requireNative(context)) return;
  const folder = mkdtempSync(join(tmpdir(), 'silence-'));
  try {
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    writeFileSync(join(folder, 'a/b/eicar.com'), eicar());
    const walk = start();
    scanFolder(compileWholePack(), folder, walk, { bytes: MB, deadline: Date.now() + 10_000 });
    assert.deepEqual(walk.findings, [`Eicar_Test_File in ${join(folder, 'a/b/eicar.com')}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function start(): Walk {
  return { findings: [], files: 0, bytes: 0 };
}

function scanFolder(pack: CompiledPack, folder: string, walk: Walk, bound: { readonly bytes: number; readonly deadline: number }): void {
  for (const entry of list(folder)) {
    if (walk.bytes > bound.bytes || Date.now() > bound.deadline) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) scanFolder(pack, path, walk, bound);
    else if (entry.isFile()) scanFile(pack, path, walk);
  }
}

function scanFile(pack: CompiledPack, path: string, walk: Walk): void {
  const bytes = read(path);
  if (bytes === undefined) return;
  walk.files++;
  walk.bytes += bytes.length;
  for (const { ruleIdentifier, tags } of pack.scan(bytes)) {
    if (!path.startsWith(root) && !tags.includes('evasion') && tags.some((tag) => toolTags.has(tag))) continue;
    walk.findings.push(`${ruleIdentifier} in ${path}`);
  }
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch {
    return [];
  }
}

// Files that vanish or may not be read belong to a running system.
function read(path: string): Buffer | undefined {
  try {
    return statSync(path).size > largestFile ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}
