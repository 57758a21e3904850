import { type ByteSource, type Format, type Found, type OpenLimits, piecesOf, Room, smallBytes } from './format.ts';
import { bounded } from './unpack.ts';

const magic = '!<arch>\n';
/** Bytes of the header of a member. */
const header = 60;

/**
 * A Debian package: an ar archive whose first member is `debian-binary` (deb(5)). Other ar archives are static libraries: nothing in them is
 * packed, so they are judged as a whole.
 */
export const deb: Format = {
  name: 'deb',
  recognise: (head) => head[0] === 0x21 && head.toString('latin1', 0, 8) === magic && head.toString('latin1', 8, 21) === 'debian-binary',
  open: openDeb,
};

async function* openDeb(source: ByteSource, limits: OpenLimits): AsyncGenerator<Found> {
  const room = new Room(limits, source.size);
  let count = 0;
  for (let at = magic.length; at + header <= source.size; ) {
    const fields = Buffer.from(source.read(at, header)).toString('latin1');
    const path = fields.slice(0, 16).trimEnd().replace(/\/$/, '').replaceAll('/', '_');
    const size = fields.slice(48, 58).trim();
    if (fields.slice(58) !== '`\n' || !/^\d{1,10}$/.test(size)) return void (yield { path: '', skipped: `the archive is damaged at byte ${at}` });
    count += 1;
    if (count > limits.entries) return void (yield { path: '', skipped: `the archive has more than ${limits.entries} entries` });
    const start = at + header;
    const end = start + Number(size);
    yield* member(source, { path: path === '' ? 'unnamed' : path, start, end }, room);
    if (end > source.size) return;
    at = end + (end % 2);
  }
}

interface Stretch {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

async function* member(source: ByteSource, { path, start, end }: Stretch, room: Room): AsyncGenerator<Found> {
  const last = Math.min(end, source.size);
  if (last - start <= smallBytes) {
    if (!room.take(last - start)) return void (yield { path, skipped: room.reason });
    yield { path, bytes: source.read(start, last - start) };
  } else {
    let trouble: string | undefined;
    const stream = bounded(asynchronous(piecesOf(source, start, last)), room, (reason) => {
      trouble = reason;
    });
    yield { path, size: last - start, stream };
    if (trouble !== undefined) yield { path, skipped: trouble };
  }
  if (end > source.size) yield { path, skipped: 'the archive is cut off here' };
}

/** Pieces that come at once, as ones that may be waited for. */
export async function* asynchronous(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* pieces;
}
