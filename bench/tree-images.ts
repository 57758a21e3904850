import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type LayerFile, packLayer, readLayers, startLayout, writeLayout } from './image.ts';
import { runProgram } from './run-program.ts';
import type { Tree } from './tree.ts';
import type { Workspace } from './workspace.ts';

/** OCI layouts made of the tree. */
export interface TreeImages {
  /** The whole tree in one layer. */
  readonly whole: string;
  /** The tree in ten layers of about equal bytes. */
  readonly parted: string;
  /** As `parted`, but every file of one layer has another content. */
  readonly changed: string;
  /** One file; so that rules can be compiled before anything is measured. */
  readonly tiny: string;
}

const parts = 10;
const changedPart = 4;
/** Of the layouts; changes when they are made in another way. */
const version = 1;

/** Makes the images, or takes those that an earlier run made. */
export async function openTreeImages(workspace: Workspace, tree: Tree, signal: AbortSignal): Promise<TreeImages> {
  const kept = (name: string, make: (place: string) => Promise<void>) => workspace.kept(`${name}-${version}-${tree.key}`, make);
  const whole = await kept(
    'whole',
    async (place) => await packParts(place, { root: tree.root, lists: [(await namesBelow(tree.root)).map(({ name }) => name)] }, signal),
  );
  const parted = await kept('parted', async (place) => await packParts(place, { root: tree.root, lists: splitEvenly(await namesBelow(tree.root)) }, signal));
  const changed = await kept('changed', async (place) => await packChanged(place, parted, { workspace, signal }));
  const tiny = await kept('tiny', async (place) => {
    const root = await workspace.folder();
    await writeFile(path.join(root, 'motd'), 'Welcome.\n');
    await packParts(place, { root, lists: [['./motd']] }, signal);
  });
  return { whole, parted, changed, tiny };
}

async function packParts(place: string, from: { readonly root: string; readonly lists: readonly (readonly string[])[] }, signal: AbortSignal): Promise<void> {
  const blobs = await startLayout(place);
  const layers: LayerFile[] = [];
  for (const names of from.lists) layers.push(await packNames(from.root, names, { blobs, signal }));
  await writeLayout(place, layers);
}

// Nine layers are the same bytes; the tenth is unpacked, changed and packed anew.
async function packChanged(
  place: string,
  parted: string,
  { workspace, signal }: { readonly workspace: Workspace; readonly signal: AbortSignal },
): Promise<void> {
  const blobs = await startLayout(place);
  const layers: LayerFile[] = [];
  for (const [index, layer] of (await readLayers(parted)).entries()) {
    if (index === changedPart) {
      const root = await workspace.folder();
      await runProgram('tar', ['--extract', '--gzip', '--file', layer.file, '--directory', root], { signal });
      await changeFiles(root);
      layers.push(
        await packNames(
          root,
          (await namesBelow(root)).map(({ name }) => name),
          { blobs, signal },
        ),
      );
    } else {
      await copyFile(layer.file, path.join(blobs, layer.digest));
      layers.push(layer);
    }
  }
  await writeLayout(place, layers);
}

async function changeFiles(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) await changeFiles(place);
    if (!entry.isFile()) continue;
    const bytes = await readFile(place);
    await rm(place);
    await writeFile(place, Buffer.concat([bytes, Buffer.from('\n# built once more\n')]));
  }
}

interface Named {
  /** From the root, beginning with `./`. */
  readonly name: string;
  readonly size: number;
}

/** Everything below a root, folders before what is in them, in the order of their names. */
async function namesBelow(root: string, folder = '.'): Promise<readonly Named[]> {
  const found: Named[] = [];
  for (const each of (await readdir(path.join(root, folder))).sort()) {
    const name = `${folder}/${each}`;
    const facts = await lstat(path.join(root, name));
    found.push({ name, size: facts.isFile() ? facts.size : 0 });
    if (facts.isDirectory()) found.push(...(await namesBelow(root, name)));
  }
  return found;
}

function splitEvenly(names: readonly Named[]): readonly (readonly string[])[] {
  const total = names.reduce((sum, { size }) => sum + size, 0);
  const lists: string[][] = Array.from({ length: parts }, () => []);
  let before = 0;
  for (const { name, size } of names) {
    // By its middle, so that a large file at a border does not leave a part empty.
    const part = Math.min(parts - 1, Math.floor(((before + size / 2) / total) * parts));
    lists[part]?.push(name);
    before += size;
  }
  return lists;
}

async function packNames(root: string, names: readonly string[], to: { readonly blobs: string; readonly signal: AbortSignal }): Promise<LayerFile> {
  const args = ['--create', '--format=gnu', '--numeric-owner', '--no-recursion', '--directory', root, '--null', '--files-from=-'];
  const tar = spawn('tar', args, { stdio: ['pipe', 'pipe', 'pipe'], signal: to.signal });
  const errors = text(tar.stderr);
  const closed = once(tar, 'close') as Promise<[number | null]>;
  tar.stdin.end(`${names.join('\0')}\0`);
  const [layer, [status]] = await Promise.all([packLayer(tar.stdout, to.blobs), closed]);
  if (status !== 0) throw new Error(`tar ended with ${status}: ${(await errors).slice(0, 1000)}`);
  return layer;
}
