import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type ByteSource, bytesSource, type Format, type OpenLimits, pieceBytes, smallBytes } from './format.ts';
import { recognise } from './index.ts';

/** A file inside an archive; '' is the path of what a packed stream holds. */
export interface SampleFile {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface FormatSubject {
  readonly format: Format;
  /** An archive that holds the files; a packed stream holds the first one alone, under the path ''. */
  make(files: readonly SampleFile[]): Buffer;
  /** Whether it is a packed stream. */
  readonly isStream: boolean;
  /** Four names that files inside may have, where it cannot have just any. */
  readonly names?: readonly string[];
}

/** What came out of an archive. */
export interface Opened {
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
  readonly skipped: readonly string[];
}

/** Bounds that nothing in a test meets unless it says so. */
export const roomy: OpenLimits = {
  entries: 1000,
  bytes: 64 * 1024 * 1024,
  ratio: 1e6,
  graceBytes: 64 * 1024 * 1024,
  pathBytes: 4096,
  headerBytes: 1024 * 1024,
};

/** Opens an archive. `most`: bytes of each large body that are taken; the rest is left. */
export async function openAll(
  format: Format,
  source: ByteSource,
  more: { readonly limits?: Partial<OpenLimits>; readonly most?: number } = {},
): Promise<Opened> {
  const files: { path: string; sha256: string; size: number }[] = [];
  const skipped: string[] = [];
  for await (const found of format.open?.(source, { ...roomy, ...more.limits }) ?? []) {
    if ('skipped' in found) {
      skipped.push(`${found.path}: ${found.skipped}`);
      continue;
    }
    const bytes = 'bytes' in found ? Buffer.from(found.bytes) : await taken(found.stream, more.most ?? Number.POSITIVE_INFINITY);
    files.push({ path: found.path, sha256: hash('sha256', bytes), size: bytes.length });
  }
  return { files, skipped };
}

async function taken(stream: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(Buffer.from(piece));
    size += piece.length;
    if (size >= most) break;
  }
  return Buffer.concat(pieces);
}

/** What every kind of archive that is opened must do, whatever its bytes are. */
export function testFormat(subject: FormatSubject): void {
  const { format, isStream, names = ['a', 'dir/b', 'dir/c', 'd'] } = subject;
  const files = (...bodies: readonly Buffer[]): readonly SampleFile[] =>
    isStream ? [{ path: '', bytes: bodies[0] ?? Buffer.alloc(0) }] : bodies.map((bytes, at) => ({ path: names[at] ?? '', bytes }));
  const told = (list: readonly SampleFile[]): Opened['files'] => list.map(({ path, bytes }) => ({ path, sha256: hash('sha256', bytes), size: bytes.length }));

  describe(`${format.name} as a format`, () => {
    const usual = files(noise(1000, 1), Buffer.alloc(0), noise(70_000, 2));

    test('is told by its bytes, and by none of the others', () => assert.equal(recognise(bytesSource(subject.make(usual))), format));

    test('gives every file with its bytes, and skips nothing', async () => {
      assert.deepEqual(await openAll(format, bytesSource(subject.make(usual))), { files: told(usual), skipped: [] });
    });

    test('gives large files too, and goes on where one was left early', async () => {
      const large = files(noise(smallBytes + 3 * pieceBytes, 3), noise(10, 4));
      const archive = subject.make(large);
      assert.deepEqual(await openAll(format, bytesSource(archive)), { files: told(large), skipped: [] });
      const left = await openAll(format, bytesSource(archive), { most: 1 });
      assert.deepEqual(left.files.slice(1), told(large).slice(1));
    });

    test('reads the same from a source that lends each read anew, and changes nothing in it', async () => {
      const archive = subject.make(usual);
      const before = hash('sha256', archive);
      let lent = Buffer.alloc(0);
      const read = (at: number, length: number): Buffer => {
        lent.fill(0xee);
        lent = Buffer.from(archive.subarray(at, Math.max(at, at + length)));
        return lent;
      };
      assert.deepEqual(await openAll(format, { size: archive.length, read }), { files: told(usual), skipped: [] });
      assert.equal(hash('sha256', archive), before);
    });

    test('gives no more bytes than it may, and tells that it stopped', async () => {
      const zeros = Buffer.alloc(300_000);
      const archive = subject.make(files(zeros, zeros, zeros));
      for (const limits of [{ bytes: 200_000 }, { ratio: 1 / archive.length, graceBytes: 200_000 }]) {
        const { files: given, skipped } = await openAll(format, bytesSource(archive), { limits });
        assert.ok(given.reduce((sum, { size }) => sum + size, 0) <= 200_000);
        assert.match(skipped.join(), /unpacks to more than/);
      }
    });

    test('stops when its time is over, and tells it', async () => {
      const archive = subject.make(files(noise(6 * 1024 * 1024, 5), noise(10, 6)));
      let asked = 0;
      const isLate = (): boolean => {
        asked += 1;
        return asked > 3;
      };
      const { skipped } = await openAll(format, bytesSource(archive), { limits: { isLate } });
      assert.match(skipped.join(), /took too long/);
    });

    test('tells where it was cut off, and gives what came before', async () => {
      const archive = subject.make(usual);
      for (let part = 1; part < 20; part += 1) {
        const cut = archive.subarray(0, Math.floor((archive.length * part) / 20));
        const { files: given, skipped } = await openAll(format, bytesSource(cut));
        assert.notDeepEqual(skipped, [], `${cut.length} of ${archive.length} bytes`);
        assert.ok(given.length <= usual.length);
      }
    });

    test('is never brought down by mangled bytes, and stays within its bounds', async () => {
      const sound = subject.make(files(Buffer.alloc(3000, 7), noise(200, 7)));
      const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(edits, fc.nat(), async (changes, cut) => {
          const bytes = Buffer.from(sound.subarray(0, sound.length - (cut % Math.min(60, sound.length))));
          for (const [at, value] of changes) bytes.writeUInt8(value, at % bytes.length);
          const { files: given } = await openAll(format, bytesSource(bytes), { limits: { bytes: 100_000, entries: 50 } });
          return given.length <= 50 && given.reduce((sum, { size }) => sum + size, 0) <= 100_000;
        }),
        { numRuns: 300 },
      );
    });

    if (isStream) return;

    test('looks at no more entries than it may, and tells it', async () => {
      const archive = subject.make(files(noise(20, 1), noise(20, 2), noise(20, 3), noise(20, 4)));
      const { files: given, skipped } = await openAll(format, bytesSource(archive), { limits: { entries: 3 } });
      assert.ok(given.length <= 3);
      assert.match(skipped.join(), /more than 3 entries/);
    });
  });
}

/** Bytes that do not pack, the same on every run. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed * 2_654_435_761;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
