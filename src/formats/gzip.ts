import { createGunzip, type Gunzip, gunzipSync } from 'node:zlib';
import { LazaretError } from '#domain/error.ts';
import { baseName } from '#domain/path.ts';
import { type ByteSource, type Format, type Found, type OpenLimits, piecesOf, Room, smallBytes } from './format.ts';
import { decode, decoderOptions, openPacked } from './unpack.ts';

/** A stream of gzip with all its members (RFC 1952). Alpine's packages are such streams, of a tar. */
export const gzip: Format = {
  name: 'gzip',
  recognise: (head) => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8,
  open: openGzip,
};

// Most files of an image that are packed so are small texts: at once they cost a fifth of what a stream costs.
async function* openGzip(source: ByteSource, limits: OpenLimits): AsyncGenerator<Found> {
  const said = statedName(source.read(0, headerBytes));
  const content = source.size <= smallPacked ? unpackSmall(source, limits) : undefined;
  if (content !== undefined) yield { path: '', bytes: content, ...(said === undefined ? {} : { said }) };
  else yield* openPacked(gunzip(source), source, limits, said);
}

const smallPacked = 1024 * 1024;
const headerBytes = 1024;

// undefined where a stream is needed: it is large, or something is wrong with it and what comes before shall be seen.
function unpackSmall(source: ByteSource, limits: OpenLimits): Buffer | undefined {
  try {
    const maxOutputLength = Math.max(1, Math.min(smallBytes, new Room(limits, source.size).left));
    const { buffer, engine } = gunzipSync(source.read(0, source.size), { maxOutputLength, info: true }) as unknown as { buffer: Buffer; engine: Gunzip };
    return engine.bytesWritten === source.size ? buffer : undefined;
  } catch {
    return undefined;
  }
}

async function* gunzip(source: ByteSource): AsyncGenerator<Buffer> {
  const decoder = createGunzip(decoderOptions);
  yield* decode(piecesOf(source), decoder);
  const end = decoder.bytesWritten;
  for (const piece of piecesOf(source, end))
    if (piece.some((byte) => byte !== 0)) throw new LazaretError('corrupt', `${source.size - end} bytes after the end of the packed data were not looked at`);
}

// The name of the file that was packed, where the first member has one: flags 8 (name) and 4 (extra field).
function statedName(head: Buffer): string | undefined {
  const flags = head[3] ?? 0;
  if ((flags & 8) === 0) return undefined;
  const start = (flags & 4) === 0 ? 10 : 12 + (head.length >= 12 ? head.readUInt16LE(10) : 0);
  const end = head.indexOf(0, start);
  const name = end < 0 ? '' : baseName(head.toString('latin1', start, end));
  return name === '' ? undefined : name;
}
