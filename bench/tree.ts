import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { copySystem } from './copy-system.ts';
import { findProgram } from './find-program.ts';
import { generateRules } from './rules/generate.ts';
import { ruleSeed } from './rules/seed.ts';
import { runProgram } from './run-program.ts';
import { plantSamples } from './samples.ts';
import type { Workspace } from './workspace.ts';

/** The file system that is scanned. */
export interface Tree {
  readonly root: string;
  /** What it was made from, for people. */
  readonly origin: string;
  /** Changes with what it is made from. */
  readonly key: string;
}

const suite = 'bookworm';
const packages = ['python3', 'perl', 'git', 'curl', 'nginx-light', 'openssh-client', 'vim-tiny', 'openssl', 'ca-certificates'] as const;
/** Bytes that a Debian system of these packages has, and that a copy of the running one gets. */
const treeBytes = 340_000_000;
/** Changes when trees are made in another way, so that kept ones are not used. */
const version = 2;

/**
 * Makes the tree, or takes the one that an earlier run made: from a given folder, else by debootstrap, else, where that is missing or fails, from files
 * of the running system.
 */
export async function openTree(options: {
  readonly workspace: Workspace;
  readonly given: string | undefined;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}): Promise<Tree> {
  const { workspace, given, signal, say } = options;
  if (given !== undefined) return await makeTree(workspace, folderMaker(path.resolve(given)), signal);
  const debootstrap = process.getuid?.() === 0 && findProgram('unshare') !== undefined ? findProgram('debootstrap') : undefined;
  if (debootstrap === undefined) return await makeTree(workspace, systemMaker, signal);
  try {
    return await makeTree(workspace, debootstrapMaker(debootstrap), signal);
  } catch (error) {
    signal.throwIfAborted();
    say(`debootstrap failed, so files of the running system are taken: ${error instanceof Error ? error.message : String(error)}`);
    return await makeTree(workspace, systemMaker, signal);
  }
}

async function makeTree(workspace: Workspace, maker: Maker, signal: AbortSignal): Promise<Tree> {
  const key = createHash('sha256').update(`${version} ${ruleSeed} ${maker.name}`).digest('hex').slice(0, 12);
  const root = await workspace.kept(`tree-${key}`, async (place) => {
    await maker.make(place, signal);
    await removeSpecialFiles(place);
    await plantSamples(place, generateRules(ruleSeed));
  });
  return { root, origin: maker.origin, key };
}

interface Maker {
  readonly name: string;
  readonly origin: string;
  make(place: string, signal: AbortSignal): Promise<void>;
}

function folderMaker(folder: string): Maker {
  return {
    name: `folder ${folder}`,
    origin: 'a given folder',
    make: async (place, signal) => void (await runProgram('cp', ['--archive', '--one-file-system', folder, place], { signal })),
  };
}

const systemMaker: Maker = { name: `system ${treeBytes}`, origin: 'files of the running system', make: (place) => copySystem(place, treeBytes) };

function debootstrapMaker(debootstrap: string): Maker {
  return {
    name: `debootstrap ${suite} ${packages.join(' ')}`,
    origin: `debootstrap --variant=minbase ${suite} with ${packages.join(', ')}`,
    make: async (place, signal) => {
      await mkdir(place);
      // With mounts of its own, so that what it mounts is gone with it however it ends.
      await runProgram('unshare', ['--mount', debootstrap, '--variant=minbase', `--include=${packages.join(',')}`, suite, place], { signal });
      // What the package manager downloaded is no part of an image.
      await rm(path.join(place, 'var/cache/apt/archives'), { recursive: true, force: true });
      await rm(path.join(place, 'var/lib/apt/lists'), { recursive: true, force: true });
    },
  };
}

/** Removes devices, pipes and sockets, which a scanner would read without end, and empties the places of kernel file systems. */
async function removeSpecialFiles(root: string): Promise<void> {
  for (const name of ['proc', 'sys', 'dev', 'run']) await empty(path.join(root, name));
  await removeBelow(root);
}

async function removeBelow(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) await removeBelow(place);
    else if (!entry.isFile() && !entry.isSymbolicLink()) await rm(place);
  }
}

async function empty(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true, force: true });
}
