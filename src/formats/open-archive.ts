import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import xz from 'xz-decompress';
import { LazaretError } from '#domain/error.ts';
import { displayPath } from '#domain/path.ts';
import { TarReader } from './tar.ts';
import { readZip } from './zip.ts';

/** A file inside an archive, or something that could not be opened, with the reason. Paths are those inside, `outer.jar!/inner.class` over several levels. */
export type ArchiveMember = { readonly path: string; readonly bytes: Buffer } | { readonly skipped: string };

export interface ArchiveLimits {
  /** Archives inside archives, the outermost counted. */
  readonly layers: number;
  /** Files given, of all archives inside. */
  readonly files: number;
  /** Unpacked bytes of all archives inside together. */
  readonly bytes: number;
  /** Entries of one archive. */
  readonly entries: number;
}

type Format = 'zip' | 'gzip' | 'zstd' | 'xz' | 'ar' | 'tar';

/** The kind of archive by its bytes, never by its name; undefined for what is none that can be opened. */
function archiveFormat(bytes: Buffer): Format | undefined {
  const hex = bytes.toString('hex', 0, 8);
  if (hex.startsWith('504b0304') || hex.startsWith('504b0506')) return 'zip';
  if (hex.startsWith('1f8b08')) return 'gzip';
  if (hex.startsWith('28b52ffd')) return 'zstd';
  if (hex.startsWith('fd377a585a00')) return 'xz';
  if (hex === '213c617263683e0a') return 'ar';
  return bytes.toString('latin1', 257, 262) === 'ustar' ? 'tar' : undefined;
}

interface Budget {
  files: number;
  bytes: number;
}

/** Gives the files of an archive and of the archives inside it, one after the other; nothing for what is no archive. */
export async function* openArchive(bytes: Buffer, limits: ArchiveLimits): AsyncGenerator<ArchiveMember> {
  yield* openLevel(bytes, '', { limits, depth: 1, budget: { files: limits.files, bytes: limits.bytes } });
}

interface Level {
  readonly limits: ArchiveLimits;
  readonly depth: number;
  readonly budget: Budget;
}

async function* openLevel(bytes: Buffer, prefix: string, level: Level): AsyncGenerator<ArchiveMember> {
  const { limits, depth, budget } = level;
  for await (const member of membersOf(bytes, level)) {
    if ('skipped' in member) {
      yield { skipped: `${prefix}${member.path === '' ? '' : `${member.path}: `}${member.skipped}` };
      continue;
    }
    if (budget.files <= 0) return void (yield { skipped: `there are more than ${limits.files} files inside` });
    budget.files -= 1;
    const path = `${prefix}${member.path}`;
    yield { path, bytes: member.bytes };
    if (archiveFormat(member.bytes) === undefined) continue;
    if (depth >= limits.layers) yield { skipped: `${path}: it lies more than ${limits.layers} archives deep` };
    else yield* openLevel(member.bytes, `${path}!/`, { ...level, depth: depth + 1 });
  }
}

type Found = { readonly path: string; readonly bytes: Buffer } | { readonly path: string; readonly skipped: string };

async function* membersOf(bytes: Buffer, level: Level): AsyncGenerator<Found> {
  const format = archiveFormat(bytes);
  if (format === undefined) return;
  if (format === 'gzip' || format === 'zstd' || format === 'xz') yield await unpackOne(bytes, format, level.budget);
  else if (format === 'zip') yield* spending(readZip(bytes, { entries: level.limits.entries, room: () => level.budget.bytes }), level.budget);
  else if (format === 'tar') yield* readTar(bytes, level);
  else yield* spending(readAr(bytes), level.budget);
}

function* spending(members: Iterable<Found>, budget: Budget): Generator<Found> {
  for (const member of members) {
    if ('bytes' in member) budget.bytes -= member.bytes.length;
    yield member;
  }
}

// A packed stream holds one file, whose name is not told.
async function unpackOne(bytes: Buffer, format: 'gzip' | 'zstd' | 'xz', budget: Budget): Promise<Found> {
  const path = 'content';
  const options = { maxOutputLength: Math.max(1, budget.bytes) };
  try {
    const content =
      format === 'gzip' ? gunzipSync(bytes, options) : format === 'zstd' ? zstdDecompressSync(bytes, options) : await unpackXz(bytes, budget.bytes);
    if (content === undefined) return { path, skipped: 'it is over the limit of unpacked bytes' };
    budget.bytes -= content.length;
    return { path, bytes: content };
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return { path, skipped: isLarge ? 'it is over the limit of unpacked bytes' : `the ${format} stream is damaged or cut off` };
  }
}

async function unpackXz(bytes: Buffer, room: number): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = new xz.XzReadableStream(new Blob([new Uint8Array(bytes)]).stream());
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(parts);
    size += value.length;
    if (size > room) {
      await reader.cancel();
      return undefined;
    }
    parts.push(Uint8Array.from(value));
  }
}

const readBounds = { pathBytes: 4096, headerBytes: 1024 * 1024 };
/** Members of a tar that are gathered before they are given on. */
const gathered = 100;

function* readTar(bytes: Buffer, { limits, budget }: Level): Generator<Found> {
  let found: Found[] = [];
  let current: { readonly path: string; readonly parts: Buffer[] } | undefined;
  let count = 0;
  let isOver = false;
  const reader = new TarReader(
    {
      member: (entry) => {
        count += 1;
        isOver ||= count > limits.entries || entry.size > budget.bytes;
        if (isOver || entry.kind !== 'file') return false;
        budget.bytes -= entry.size;
        current = { path: displayPath(entry.path).replace(/^\//, ''), parts: [] };
        return true;
      },
      whole: (body) => {
        if (current !== undefined) found.push({ path: current.path, bytes: Buffer.from(body) });
        current = undefined;
      },
      body: (part) => void current?.parts.push(Buffer.from(part)),
      bodyEnd: () => {
        if (current !== undefined) found.push({ path: current.path, bytes: Buffer.concat(current.parts) });
        current = undefined;
      },
      isFull: () => found.length >= gathered || isOver,
      problem: (path, reason) => void found.push({ path, skipped: reason }),
    },
    readBounds,
  );
  try {
    for (let at = 0; at < bytes.length; ) {
      at += reader.write(bytes.subarray(at));
      yield* found;
      found = [];
      if (isOver) break;
    }
    if (isOver) yield { path: '', skipped: `the tar has more than ${limits.entries} entries, or is over the limit of unpacked bytes` };
    else reader.end();
  } catch (error) {
    if (!(error instanceof LazaretError)) throw error;
    yield* found;
    yield { path: '', skipped: error.message };
  }
}

const arHeader = 60;

// Debian packages: an ar with the control and data tars. Names as in deb(5), without the BSD and GNU ways of long ones.
function* readAr(bytes: Buffer): Generator<Found> {
  for (let at = 8; at + arHeader <= bytes.length; ) {
    const path = bytes
      .toString('latin1', at, at + 16)
      .trim()
      .replace(/\/$/, '');
    const size = bytes.toString('latin1', at + 48, at + 58).trim();
    const start = at + arHeader;
    if (bytes.toString('latin1', at + 58, start) !== '`\n' || !/^\d{1,10}$/.test(size)) return void (yield { path: '', skipped: 'the ar archive is damaged' });
    const end = start + Number(size);
    if (end > bytes.length) return void (yield { path, skipped: 'it is cut off' });
    yield { path, bytes: bytes.subarray(start, end) };
    at = end + (end % 2);
  }
}
