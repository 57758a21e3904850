import { Readable } from 'node:stream';
import { packLayer, startLayout, writeLayout } from './image.ts';
import type { Workspace } from './workspace.ts';

export const emptyFiles = 2_000_000;
const filesInFolder = 1000;
const block = 512;
/** Bytes of a header that are not always zero here. */
const headerEnd = 265;

/** An OCI layout with one layer of two million empty files, spread over two thousand folders. */
export async function openEmptyFilesImage(workspace: Workspace): Promise<string> {
  return await workspace.kept(`empty-files-3-${emptyFiles}`, async (place) => {
    const blobs = await startLayout(place);
    await writeLayout(place, [await packLayer(Readable.from(tarOfEmptyFiles(emptyFiles)), blobs)]);
  });
}

/** The bytes of a tar with so many empty files, one folder at a time. */
function* tarOfEmptyFiles(count: number): Generator<Buffer> {
  for (let first = 0; first < count; first += filesInFolder) {
    const folder = `srv/data/${scrambled(first / filesInFolder)}`;
    const files = Math.min(filesInFolder, count - first);
    const headers = Buffer.alloc((files + 1) * block);
    writeHeader(headers, 0, { name: `${folder}/`, type: '5', mtime: modified });
    for (let index = 0; index < files; index++) {
      const name = `${folder}/${scrambled(index)}.${endings[index % endings.length]}`;
      writeHeader(headers, (index + 1) * block, { name, type: '0', mtime: modified + first / filesInFolder });
    }
    yield headers;
  }
  yield Buffer.alloc(2 * block);
}

const endings = ['js', 'json', 'py', 'txt', 'so', 'map'] as const;
const modified = 1_735_689_600;

// Digits that do not count up, so that the names pack no better than real ones. Multiplying by an odd number keeps up to 65,536 of them apart.
function scrambled(value: number): string {
  return (Math.imul(value + 1, 0x9e3779b1) & 0xffff).toString(16).padStart(4, '0');
}

function writeHeader(into: Buffer, at: number, { name, type, mtime }: { readonly name: string; readonly type: '0' | '5'; readonly mtime: number }): void {
  into.write(name, at, 100, 'latin1');
  into.write(type === '5' ? '0000755\0' : '0000644\0', at + 100, 'latin1');
  into.write('0000000\x000000000\x0000000000000\0', at + 108, 'latin1');
  into.write(`${mtime.toString(8).padStart(11, '0')}\0`, at + 136, 'latin1');
  into.write(`        ${type}`, at + 148, 'latin1');
  into.write('ustar\x0000', at + 257, 'latin1');
  let sum = 0;
  for (let index = at; index < at + headerEnd; index++) sum += into[index] ?? 0;
  into.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}
