import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { normalizePath } from '#domain/path.ts';
import { unbzip2 } from './bzip2.ts';
import { asynchronous } from './deb.ts';
import { type ByteSource, type Format, type Found, type OpenLimits, piecesOf, Room, refusePath, shownPath, smallBytes } from './format.ts';
import { bounded, decode, decoderOptions, isTooLarge, salvage, unpackAtOnce } from './unpack.ts';
import { unxz } from './xz.ts';
import { endsAsZip, findDirectory, localSignature, localSize, readDirectory, readLocal, type ZipEntry } from './zip-directory.ts';
import { unzstd } from './zstd.ts';

/**
 * A zip, also as jar, war, ear, wheel or Android package, and also behind a program or another content. The central directory tells the members,
 * since programs go by it. What it does not name but what lies between the members (a second archive before this one, a local header that
 * says otherwise) is given too where it is sound, as readers that go by local headers see it.
 */
export const zip: Format = {
  name: 'zip',
  recognise: (head, source) => isZip(head) || (endsAsZip(source) && findDirectory(source) !== undefined),
  open: openZip,
};

// A local header, an end record alone (an empty archive), or the mark of one in parts.
function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6) || (head[2] === 7 && head[3] === 8));
}

interface Zip {
  readonly source: ByteSource;
  readonly limits: OpenLimits;
  readonly room: Room;
  /** Where headers and data of named members lie, as pairs of start and end. */
  readonly named: (readonly [number, number])[];
  entries: number;
}

async function* openZip(source: ByteSource, limits: OpenLimits): AsyncGenerator<Found> {
  const archive: Zip = { source, limits, room: new Room(limits, source.size), named: [], entries: 0 };
  const directory = findDirectory(source);
  if (directory !== undefined) {
    for (const entry of readDirectory(source, directory)) {
      if (entry === undefined) {
        yield { path: '', skipped: 'the central directory of the zip is damaged' };
        break;
      }
      if (isOver(archive)) return void (yield overEntries(archive));
      yield* namedMember(archive, entry);
      if (archive.room.left === 0) return void (yield { path: '', skipped: archive.room.reason });
    }
  }
  yield* unnamedMembers(archive, directory?.start ?? source.size);
  if (directory === undefined) yield { path: '', skipped: 'the zip has no central directory: it is cut off or damaged' };
}

function isOver(archive: Zip): boolean {
  archive.entries += 1;
  return archive.entries > archive.limits.entries;
}

function overEntries({ limits }: Zip): Found {
  return { path: '', skipped: `the archive has more than ${limits.entries} entries` };
}

async function* namedMember(archive: Zip, entry: ZipEntry): AsyncGenerator<Found> {
  const path = pathOf(entry);
  const refused = refusePath(path, archive.limits);
  if (refused !== undefined) return void (yield { path: path.slice(0, shownPath), skipped: refused });
  const local = readLocal(archive.source, entry.offset);
  if (local === undefined) return void (yield { path, skipped: 'its header is damaged' });
  archive.named.push([entry.offset, local.start + entry.packed]);
  if (entry.path.endsWith('/') && entry.size === 0) return;
  yield* member(archive, entry, local.start);
  const differs = (local.entry.flags & streamed) === 0 && (local.entry.method !== entry.method || local.entry.packed !== entry.packed);
  if (differs) yield* soundMember(archive, local.entry, local.start);
}

/** Flags: encrypted; sizes stand behind the data. */
const encrypted = 1;
const streamed = 8;
const methods: Readonly<Record<number, 'stored' | 'deflate' | 'bzip2' | 'zstd' | 'xz'>> = {
  0: 'stored',
  8: 'deflate',
  12: 'bzip2',
  20: 'zstd',
  93: 'zstd',
  95: 'xz',
};
/** Names of methods that are not unpacked, for the report. */
const otherMethods: Readonly<Record<number, string>> = { 9: 'deflate64', 14: 'lzma', 98: 'ppmd', 99: 'AES encryption' };

async function* member(archive: Zip, entry: ZipEntry, start: number): AsyncGenerator<Found> {
  const { source, room } = archive;
  const path = pathOf(entry);
  const method = methods[entry.method];
  if ((entry.flags & encrypted) !== 0) {
    // Readers that ignore the flag are told lies by it: what unpacks to the right sum is not encrypted.
    const bytes = soundBytes(archive, entry, start);
    return void (yield bytes === undefined ? { path, skipped: 'it is encrypted' } : { path, bytes });
  }
  if (method === undefined) return void (yield { path, skipped: `its packing method ${entry.method}${nameOfMethod(entry.method)} is not supported` });
  const isCut = start + entry.packed > source.size;
  const bytes = isCut ? undefined : unpackSmall(archive, entry, start);
  if (bytes !== undefined) {
    room.take(bytes.length);
    yield { path, bytes };
    if (crc32(bytes) !== entry.crc) yield { path, skipped: wrongSum };
    return;
  }
  const rest = salvageSmall(archive, entry, start);
  if (rest !== undefined) {
    room.take(rest.length);
    if (rest.length > 0) yield { path, bytes: rest };
    return void (yield { path, skipped: isCut ? 'it is cut off' : 'its packed data is damaged; what was unpacked was judged' });
  }
  let trouble: string | undefined;
  let sum = 0;
  const pieces = unpackLarge(archive, entry, start);
  const stream = summed(
    bounded(pieces, room, (reason) => {
      trouble = reason;
    }),
    (found) => {
      sum = found;
    },
  );
  yield { path, size: method === 'stored' ? Math.min(entry.packed, source.size - start) : undefined, stream };
  if (isCut) yield { path, skipped: 'it is cut off' };
  else if (trouble !== undefined) yield { path, skipped: trouble };
  else if (sum !== entry.crc) yield { path, skipped: wrongSum };
}

const wrongSum = 'its checksum does not match; what was unpacked was judged';

function nameOfMethod(method: number): string {
  const name = otherMethods[method];
  return name === undefined ? '' : ` (${name})`;
}

async function* summed(pieces: AsyncIterable<Buffer>, onEnd: (sum: number) => void): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const piece of pieces) {
    sum = crc32(piece, sum);
    yield piece;
  }
  onEnd(sum);
}

// undefined where it is large, damaged, or packed in a way that has no decoder for all at once.
function unpackSmall({ source, room }: Zip, entry: ZipEntry, start: number): Buffer | undefined {
  if (entry.packed > Math.min(smallBytes, room.left + 1024)) return undefined;
  const packed = source.read(start, entry.packed);
  if (methods[entry.method] === 'stored') return packed.length <= room.left ? packed : undefined;
  const most = Math.max(1, Math.min(smallBytes, room.left));
  if (methods[entry.method] !== 'deflate' || entry.size > most) return undefined;
  try {
    return unpackAtOnce('deflate', packed, { most, expected: entry.size }).bytes;
  } catch {
    return undefined;
  }
}

// What comes before the damage in a small member; undefined where it is large, or not damaged.
function salvageSmall({ source, room }: Zip, entry: ZipEntry, start: number): Buffer | undefined {
  if (methods[entry.method] !== 'deflate' || Math.min(entry.packed, source.size - start) > smallDamaged) return undefined;
  const most = Math.max(1, Math.min(smallBytes, room.left));
  const packed = Buffer.from(source.read(start, Math.min(entry.packed, source.size - start)));
  try {
    unpackAtOnce('deflate', packed, { most });
    return undefined;
  } catch (error) {
    return isTooLarge(error) ? undefined : salvage(packed, most);
  }
}

const smallDamaged = 256 * 1024;

function unpackLarge({ source }: Zip, entry: ZipEntry, start: number): AsyncIterable<Buffer> {
  const pieces = piecesOf(source, start, Math.min(source.size, start + entry.packed));
  const method = methods[entry.method];
  if (method === 'deflate') return decode(pieces, createInflateRaw(decoderOptions));
  if (method === 'zstd') return unzstd(pieces);
  if (method === 'bzip2') return asynchronous(unbzip2(pieces));
  return method === 'xz' ? unxz(pieces) : asynchronous(pieces);
}

// ------------------------------------------------------------ what the central directory does not name

async function* unnamedMembers(archive: Zip, end: number): AsyncGenerator<Found> {
  let at = 0;
  for (const [start, stop] of [...archive.named.toSorted((left, right) => left[0] - right[0]), [end, end] as const]) {
    if (start > at) yield* membersBetween(archive, at, Math.min(start, end));
    at = Math.max(at, stop);
    if (archive.room.left === 0) return void (yield { path: '', skipped: archive.room.reason });
  }
}

// Between members stand sizes of those before, padding, and what somebody hid.
async function* membersBetween(archive: Zip, from: number, end: number): AsyncGenerator<Found> {
  for (let at = nextLocal(archive.source, from, end); at !== undefined; ) {
    // What looks like a header again and again costs time and gives nothing.
    if (archive.room.left === 0) return;
    const local = readLocal(archive.source, at);
    let next = at + 4;
    if (local !== undefined && local.start <= end && local.entry.path.length <= archive.limits.pathBytes) {
      if (isOver(archive)) return void (yield overEntries(archive));
      await nextTurn();
      const length = lengthOf(archive, local.entry, { start: local.start, end });
      if (length !== undefined) {
        yield* soundMember(archive, { ...local.entry, packed: length }, local.start);
        next = local.start + length;
      }
    }
    at = nextLocal(archive.source, next, end);
  }
}

function nextLocal(source: ByteSource, from: number, end: number): number | undefined {
  for (let at = from; at + localSize <= end; ) {
    const piece = source.read(at, Math.min(searchBytes, end - at));
    const found = piece.indexOf(signature);
    if (found >= 0) return at + found;
    at += Math.max(1, piece.length - signature.length + 1);
  }
  return undefined;
}

const signature = Buffer.alloc(4);
signature.writeUInt32LE(localSignature);
const searchBytes = 64 * 1024;

// Bytes of the data behind a local header; undefined where it cannot be one. Where the sizes stand behind the data, deflate tells its end itself.
function lengthOf(archive: Zip, entry: ZipEntry, { start, end }: { readonly start: number; readonly end: number }): number | undefined {
  if (methods[entry.method] === undefined) return undefined;
  if ((entry.flags & streamed) === 0 || entry.packed > 0) return start + entry.packed <= end ? entry.packed : undefined;
  if (methods[entry.method] !== 'deflate') return undefined;
  try {
    const packed = archive.source.read(start, Math.min(smallBytes, end - start));
    return unpackAtOnce('deflate', packed, { most: Math.max(1, Math.min(smallBytes, archive.room.left)) }).taken;
  } catch (error) {
    const isLarge = isTooLarge(error) || ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR' && end - start > smallBytes);
    return isLarge ? end - start : undefined;
  }
}

// A member that nobody named is told only where its sum is right, or cannot be checked since it is large: what merely looks like a header is
// nothing to report.
async function* soundMember(archive: Zip, entry: ZipEntry, start: number): AsyncGenerator<Found> {
  const bytes = soundBytes(archive, entry, start);
  if (bytes === undefined && Math.max(entry.packed, entry.size) > smallBytes && (entry.flags & encrypted) === 0 && methods[entry.method] !== undefined) {
    let trouble: string | undefined;
    const stream = bounded(unpackLarge(archive, entry, start), archive.room, (reason) => {
      trouble = reason;
    });
    yield { path: pathOf(entry), size: undefined, stream };
    if (trouble === archive.room.reason) yield { path: pathOf(entry), skipped: trouble };
  } else if (bytes !== undefined && !(entry.path.endsWith('/') && bytes.length === 0)) yield { path: pathOf(entry), bytes };
}

function soundBytes(archive: Zip, entry: ZipEntry, start: number): Buffer | undefined {
  if (start + entry.packed > archive.source.size) return undefined;
  const bytes = unpackSmall(archive, entry, start);
  const isSound =
    bytes !== undefined && (crc32(bytes) === entry.crc || ((entry.flags & streamed) !== 0 && crc32(bytes) === sumBehind(archive.source, start + entry.packed)));
  if (!isSound) return undefined;
  archive.room.take(bytes.length);
  return bytes;
}

// The sum in a data descriptor, whose signature may be left out.
function sumBehind(source: ByteSource, at: number): number {
  const bytes = source.read(at, 8);
  if (bytes.length < 8) return -1;
  return bytes.readUInt32LE(0) === 0x08074b50 ? bytes.readUInt32LE(4) : bytes.readUInt32LE(0);
}

function pathOf({ path }: ZipEntry): string {
  const clean = normalizePath(path);
  return clean === '' ? 'unnamed' : clean;
}
