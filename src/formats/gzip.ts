import { crc32, createInflateRaw } from 'node:zlib';
import { LazaretError } from '#domain/error.ts';
import { baseName } from '#domain/path.ts';
import { type ByteSource, type Format, type Found, type OpenLimits, pieceBytes, piecesOf, Room, smallBytes } from './format.ts';
import { asCorrupt, decode, decoderOptions, openPacked, salvage, unpackAtOnce } from './unpack.ts';

/** A stream of gzip with all its members (RFC 1952). Alpine's packages are such streams, of a tar. */
export const gzip: Format = {
  name: 'gzip',
  recognise: (head) => isMember(head),
  open: openGzip,
};

function isMember(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

// Most files of an image that are packed so are small texts: at once they cost a fifth of what a stream costs.
async function* openGzip(source: ByteSource, limits: OpenLimits): AsyncGenerator<Found> {
  const said = readHeader(source, 0)?.name;
  const content = source.size <= smallPacked ? unpackSmall(source, limits) : undefined;
  if (content !== undefined) yield { path: '', bytes: content, ...(said === undefined ? {} : { said }) };
  else yield* openPacked(gunzip(source), source, limits, said);
}

const smallPacked = 1024 * 1024;

// undefined where it is large, or something is wrong with it and what comes before shall be seen.
function unpackSmall(source: ByteSource, limits: OpenLimits): Buffer | undefined {
  try {
    const most = Math.max(1, Math.min(smallBytes, new Room(limits, source.size).left));
    const packed = source.read(0, source.size);
    const expected = packed.readUInt32LE(packed.length - sizeBytes);
    if (expected > most) return undefined;
    const { bytes, taken } = unpackAtOnce('gzip', packed, { most, expected });
    return taken === source.size ? bytes : undefined;
  } catch {
    return undefined;
  }
}

// Member by member, and without Node's own decoder for gzip: that one keeps to itself what it has unpacked when a checksum is wrong or garbage
// follows, while other programs give it.
async function* gunzip(source: ByteSource): AsyncGenerator<Buffer> {
  let trouble: string | undefined;
  for (let at = 0; at < source.size; at = nextMember(source, at)) {
    const header = readHeader(source, at);
    if (header === undefined) {
      const rest = source.size - at;
      throw new LazaretError('corrupt', at === 0 ? 'the packed data is damaged' : `${rest} bytes after the end of the packed data were not looked at`);
    }
    const sum = yield* inflate(source, header.end);
    const footer = source.read(sum.end, footerBytes);
    if (footer.length < footerBytes) throw new LazaretError('corrupt', 'the packed data is cut off');
    if (footer.readUInt32LE(0) !== sum.crc || footer.readUInt32LE(4) !== sum.size % 2 ** 32)
      trouble = 'its checksum does not match; what was unpacked was judged';
    at = sum.end + footerBytes;
  }
  if (trouble !== undefined) throw new LazaretError('corrupt', trouble);
}

const footerBytes = 8;
const sizeBytes = 4;

// Tapes pad with zeros; some readers go on behind them.
function nextMember(source: ByteSource, from: number): number {
  let at = from;
  for (const piece of piecesOf(source, from)) {
    if (!piece.equals(zeros.subarray(0, piece.length))) return at + piece.findIndex((byte) => byte !== 0);
    at += piece.length;
  }
  return source.size;
}

const zeros = Buffer.alloc(pieceBytes);

interface Sum {
  readonly end: number;
  readonly crc: number;
  readonly size: number;
}

// At once where the member is small: what unpacks in parallel has thousands of them.
async function* inflate(source: ByteSource, start: number): AsyncGenerator<Buffer, Sum> {
  const packed = source.read(start, Math.min(pieceBytes, source.size - start));
  try {
    const { bytes, taken } = unpackAtOnce('deflate', packed, { most: smallBytes });
    yield bytes;
    return { end: start + taken, crc: crc32(bytes), size: bytes.length };
  } catch (error) {
    if (start + packed.length === source.size && (error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') {
      yield salvage(Buffer.from(packed), smallBytes);
      throw asCorrupt(error);
    }
  }
  const decoder = createInflateRaw(decoderOptions);
  let [crc, size] = [0, 0];
  for await (const piece of decode(piecesOf(source, start), decoder)) {
    crc = crc32(piece, crc);
    size += piece.length;
    yield piece;
  }
  return { end: start + decoder.bytesWritten, crc, size };
}

/** Of a member's header: the name of the file that was packed, and where the packed data begins. */
interface Header {
  readonly name: string | undefined;
  readonly end: number;
}

/** Flags: sum of the header, extra field, name, comment. */
const flag = { sum: 2, extra: 4, name: 8, comment: 16 } as const;
/** Names and comments have no bound of their own. */
const longestHeader = 256 * 1024;

function readHeader(source: ByteSource, from: number): Header | undefined {
  const head = source.read(from, longestHeader);
  if (head.length < 10 || !isMember(head)) return undefined;
  const flags = head[3] ?? 0;
  let at = 10;
  let name: string | undefined;
  if ((flags & flag.extra) !== 0) at += 2 + (head.length >= 12 ? head.readUInt16LE(10) : 0);
  for (const text of [flag.name, flag.comment]) {
    if ((flags & text) === 0) continue;
    const end = head.indexOf(0, at);
    if (end < 0) return undefined;
    if (text === flag.name) name = baseName(head.toString('latin1', at, end));
    at = end + 1;
  }
  if ((flags & flag.sum) !== 0) at += 2;
  return { name: name === '' ? undefined : name, end: from + at };
}
