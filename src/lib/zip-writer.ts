import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

/** Takes the bytes of a zip file, in order. */
export type Sink = (bytes: Buffer) => Promise<void>;

/** Writes one zip file, member after member, without ever holding one. */
export interface ZipWriter {
  /** Begins a member. Names are ASCII. */
  begin(name: string): Promise<void>;
  /** More of the member that was begun. Each call is packed on its own, so that pieces should have some 100 KiB. */
  write(bytes: Buffer): Promise<void>;
  /** Ends the member. */
  end(): Promise<void>;
  /** Writes the directory; nothing may follow. */
  close(): Promise<void>;
}

interface Member {
  readonly name: Buffer;
  readonly start: number;
  crc: number;
  packed: number;
  size: number;
}

// In the threads of Node, beside the one that answers. Each piece ends on a byte, so that the next one can follow it.
const pack = promisify<Buffer, { readonly finishFlush: number; readonly level: number }, Buffer>(deflateRaw);
const packing = { finishFlush: constants.Z_SYNC_FLUSH, level: 6 } as const;
/** An empty last block: it ends the member's stream. */
const lastBlock = Buffer.from([3, 0]);
/** Longer members, and files, need another form of the format, which not every reader knows. */
const mostBytes = 0xffffffff;
const mostMembers = 0xffff;

/** A zip file of deflated members whose sizes follow them. @throws RangeError when a member or the file would pass 4 GiB; whatever `sink` throws. */
export function createZipWriter(sink: Sink): ZipWriter {
  const members: Member[] = [];
  let at = 0;
  let open: Member | undefined;
  const put = async (bytes: Buffer): Promise<void> => {
    at += bytes.length;
    if (at > mostBytes) throw new RangeError('the zip file would be larger than 4 GiB');
    await sink(bytes);
  };
  const opened = (): Member => {
    if (open === undefined) throw new Error('no member of the zip file is open');
    return open;
  };
  return {
    async begin(name) {
      if (open !== undefined || members.length >= mostMembers) throw new Error('no further member can be opened');
      open = { name: Buffer.from(name, 'ascii'), start: at, crc: 0, packed: 0, size: 0 };
      await put(localHeader(open));
    },
    async write(bytes) {
      const member = opened();
      member.size += bytes.length;
      if (member.size > mostBytes) throw new RangeError('a member of the zip file would be larger than 4 GiB');
      member.crc = crc32(bytes, member.crc);
      const packed = await pack(bytes, packing);
      member.packed += packed.length;
      await put(packed);
    },
    async end() {
      const member = opened();
      member.packed += lastBlock.length;
      await put(Buffer.concat([lastBlock, descriptor(member)]));
      members.push(member);
      open = undefined;
    },
    async close() {
      const start = at;
      for (const member of members) await put(centralHeader(member));
      await put(endOfDirectory(members.length, start, at - start));
    },
  };
}

const versionNeeded = 20;
/** Sizes and checksum follow the bytes. */
const flags = 1 << 3;
const deflated = 8;
/** 1980-01-01, the first day that the format knows: files of the same content are the same. */
const dosTime = 0;
const dosDate = 0x21;

function fields(...values: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(values.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of values) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}

function localHeader({ name }: Member): Buffer {
  const head = fields(
    [4, 0x04034b50],
    [2, versionNeeded],
    [2, flags],
    [2, deflated],
    [2, dosTime],
    [2, dosDate],
    [4, 0],
    [4, 0],
    [4, 0],
    [2, name.length],
    [2, 0],
  );
  return Buffer.concat([head, name]);
}

function descriptor({ crc, packed, size }: Member): Buffer {
  return fields([4, 0x08074b50], [4, crc], [4, packed], [4, size]);
}

function centralHeader({ name, start, crc, packed, size }: Member): Buffer {
  const head = fields(
    [4, 0x02014b50],
    [2, versionNeeded],
    [2, versionNeeded],
    [2, flags],
    [2, deflated],
    [2, dosTime],
    [2, dosDate],
    [4, crc],
    [4, packed],
    [4, size],
    [2, name.length],
    // Extra field, comment, disk, attributes inside and outside.
    [2, 0],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, start],
  );
  return Buffer.concat([head, name]);
}

function endOfDirectory(count: number, start: number, size: number): Buffer {
  return fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, start], [2, 0]);
}
