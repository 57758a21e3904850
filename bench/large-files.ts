import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZipWriter } from '#lib/zip-writer.ts';
import { createRandom, type Random } from './random.ts';
import type { Workspace } from './workspace.ts';

const MiB = 1024 * 1024;
/** Just below the limit up to which engines see a content. */
const largest = 95 * MiB;
const rounds = 2;
const smallArchives = 24;
const membersInArchive = 1500;

/** A folder of contents that take the most memory: the largest files of every kind, between archives of many members and archives of large ones, which engines see too. */
export async function openLargeFiles(workspace: Workspace): Promise<string> {
  return await workspace.kept('large-files-2', async (place) => {
    const random = createRandom(0x1a46e);
    for (let round = 0; round < rounds; round += 1) {
      const folder = path.join(place, `${round}`);
      await mkdir(folder, { recursive: true });
      for (const [kind, head] of Object.entries(heads)) await writeFrom(path.join(folder, `${kind}.bin`), piecesOf(random, head, largest));
      await writeZip(path.join(folder, 'large.zip'), [
        ['first', () => piecesOf(random, heads.elf, largest / 5)],
        ['second', () => piecesOf(random, heads.text, largest)],
      ]);
      for (let archive = 0; archive < smallArchives; archive += 1) {
        const members = Array.from({ length: membersInArchive }, (_, index) => {
          const size = random.between(500, 12_000);
          return [`${archive}/${index}`, () => piecesOf(random, random.pick(Object.values(heads)), size)] as const;
        });
        await writeZip(path.join(folder, `small-${archive}.zip`), members);
      }
    }
  });
}

const heads = { elf: Buffer.from('\x7fELF', 'latin1'), pe: Buffer.from('MZ'), text: Buffer.from('#!/bin/sh\n'), other: Buffer.from([0, 1, 2, 3]) } as const;

// The same bytes from different places on, since making all anew would take minutes. They do not pack well: an archive that unpacks to a hundred
// times its size would be left.
function* piecesOf(random: Random, head: Buffer, size: number): Generator<Buffer> {
  const pool = head === heads.text ? letters : noise;
  yield head.subarray(0, size);
  for (let left = size - head.length; left > 0; ) {
    const from = random.between(0, pool.length - 1);
    const piece = pool.subarray(from, from + left);
    left -= piece.length;
    yield piece;
  }
}

const noise = createRandom(0x1a46e).bytes(MiB);
const letters = Buffer.from(noise.toString('base64'));

async function writeFrom(file: string, pieces: Iterable<Buffer>): Promise<void> {
  await pipeline(Readable.from(pieces), createWriteStream(file));
}

async function writeZip(file: string, members: readonly (readonly [name: string, pieces: () => Iterable<Buffer>])[]): Promise<void> {
  const out = createWriteStream(file);
  const written = Promise.withResolvers<void>();
  out.once('error', written.reject).once('finish', written.resolve);
  const zip = createZipWriter(async (bytes) => {
    if (!out.write(bytes)) await once(out, 'drain');
  });
  for (const [name, pieces] of members) {
    await zip.begin(name);
    for (const piece of gathered(pieces())) await zip.write(piece);
    await zip.end();
  }
  await zip.close();
  out.end();
  await written.promise;
}

function* gathered(pieces: Iterable<Buffer>): Generator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for (const piece of pieces) {
    parts.push(piece);
    size += piece.length;
    if (size < MiB) continue;
    yield Buffer.concat(parts);
    [parts, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(parts);
}
