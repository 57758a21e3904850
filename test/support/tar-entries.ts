/** Members of tars for tests, and the bytes of tars made of them: good ones and any bad one. Nothing is checked. */

/** One member of a tar. Texts are UTF-8 unless given as bytes. */
export interface TarEntry {
  readonly path: string | Buffer;
  readonly kind?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';
  readonly content?: Buffer | string;
  readonly link?: string | Buffer;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  /** How a name or link over 100 bytes is written. `pax` by default. */
  readonly longNames?: 'pax' | 'gnu';
  /** PAX records written before the member, over those that long names need. */
  readonly pax?: Readonly<Record<string, string | Buffer>>;
  /** The size the header claims, where it should lie. */
  readonly claimedSize?: number;
  /** The type flag, where `kind` has no word for it. */
  readonly flag?: string;
  /** Changes the finished header block; the checksum is written afterwards. */
  readonly patch?: (header: Buffer) => void;
  /** Bytes put into the archive in place of everything else. */
  readonly raw?: Buffer;
}

const typeFlags = { file: '0', hardlink: '1', symlink: '2', char: '3', block: '4', directory: '5', fifo: '6' } as const;
/** When everything in test images was made, seconds since 1970. */
export const built = 1_700_000_000;

/** A regular file. */
export function file(path: string | Buffer, content: string | Buffer = '', rest: Partial<TarEntry> = {}): TarEntry {
  return { path, content, ...rest };
}

export function directory(path: string | Buffer, rest: Partial<TarEntry> = {}): TarEntry {
  return { path, kind: 'directory', mode: 0o755, ...rest };
}

export function symlink(path: string | Buffer, link: string | Buffer): TarEntry {
  return { path, kind: 'symlink', link, mode: 0o777 };
}

export function hardlink(path: string | Buffer, link: string | Buffer): TarEntry {
  return { path, kind: 'hardlink', link };
}

/** The marker that deletes `path` of the layers below. */
export function whiteout(path: string): TarEntry {
  const slash = path.lastIndexOf('/') + 1;
  return { path: `${path.slice(0, slash)}.wh.${path.slice(slash)}`, mode: 0 };
}

/** The marker that hides everything the layers below have in a directory; '' for the root. */
export function opaque(path: string): TarEntry {
  return { path: path === '' ? '.wh..wh..opq' : `${path}/.wh..wh..opq`, mode: 0 };
}

/** A character device with numbers 1, 3 (null) unless told. */
export function device(path: string, major = 1, minor = 3): TarEntry {
  return {
    path,
    kind: 'char',
    patch: (header) => {
      writeOctal(header, 329, 8, major);
      writeOctal(header, 337, 8, minor);
    },
  };
}

export function fifo(path: string): TarEntry {
  return { path, kind: 'fifo' };
}

/** A sparse file in GNU's old form with up to four pieces of data; the rest of `realSize` bytes are holes. */
export function gnuSparse(path: string, realSize: number, pieces: readonly { offset: number; data: Buffer }[]): TarEntry {
  return {
    path,
    flag: 'S',
    content: Buffer.concat(pieces.map((piece) => piece.data)),
    patch: (header) => {
      header.write('ustar  \0', 257, 'latin1');
      header.fill(0, 345, 512);
      for (const [index, piece] of pieces.entries()) {
        writeOctal(header, 386 + index * 24, 12, piece.offset);
        writeOctal(header, 398 + index * 24, 12, piece.data.length);
      }
      writeOctal(header, 483, 12, realSize);
    },
  };
}

/** A sparse file in PAX form 1.0: the map stands before the data, the name in a record. */
export function paxSparse(path: string, realSize: number, pieces: readonly { offset: number; data: Buffer }[]): TarEntry {
  const map = Buffer.from([pieces.length, ...pieces.flatMap((piece) => [piece.offset, piece.data.length])].map((number) => `${number}\n`).join(''));
  return {
    path: `GNUSparseFile.0/${path.slice(path.lastIndexOf('/') + 1)}`,
    content: Buffer.concat([padded(map), ...pieces.map((piece) => piece.data)]),
    pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': path, 'GNU.sparse.realsize': String(realSize) },
  };
}

/** The bytes of a tar holding the entries, ended by two zero blocks. */
export function layerTar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(memberBytes), Buffer.alloc(1024)]);
}

function memberBytes(entry: TarEntry): Buffer[] {
  if (entry.raw !== undefined) return [entry.raw];
  const name = bytesOf(entry.path);
  const link = bytesOf(entry.link ?? '');
  const parts: Buffer[] = [];
  const pax: Record<string, string | Buffer> = { ...entry.pax };
  if (entry.longNames === 'gnu') {
    if (name.length > 100) parts.push(...gnuLongMember('L', name));
    if (link.length > 100) parts.push(...gnuLongMember('K', link));
  } else {
    if (name.length > 100) pax['path'] ??= name;
    if (link.length > 100) pax['linkpath'] ??= link;
  }
  const records = paxBytes(pax);
  if (records.length > 0) parts.push(headerBlock({ path: 'PaxHeaders/x', flag: 'x' }, records.length), padded(records));
  const content = bytesOf(entry.content ?? '');
  parts.push(headerBlock(entry, content.length), padded(content));
  return parts;
}

function gnuLongMember(flag: string, text: Buffer): Buffer[] {
  const content = Buffer.concat([text, Buffer.alloc(1)]);
  return [headerBlock({ path: '././@LongLink', flag }, content.length), padded(content)];
}

function paxBytes(records: Readonly<Record<string, string | Buffer>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const body = Buffer.concat([Buffer.from(` ${key}=`), bytesOf(value), Buffer.from('\n')]);
      let length = body.length;
      while (length !== body.length + String(length).length) length = body.length + String(length).length;
      return Buffer.concat([Buffer.from(String(length)), body]);
    }),
  );
}

function headerBlock(entry: TarEntry, size: number): Buffer {
  const header = Buffer.alloc(512);
  bytesOf(entry.path).copy(header, 0, 0, 100);
  writeOctal(header, 100, 8, entry.mode ?? 0o644);
  writeOctal(header, 108, 8, entry.uid ?? 0);
  writeOctal(header, 116, 8, entry.gid ?? 0);
  writeOctal(header, 124, 12, entry.claimedSize ?? size);
  writeOctal(header, 136, 12, entry.mtime ?? built);
  header.write(entry.flag ?? typeFlags[entry.kind ?? 'file'], 156, 'latin1');
  bytesOf(entry.link ?? '').copy(header, 157, 0, 100);
  header.write('ustar\u000000', 257, 'latin1');
  entry.patch?.(header);
  header.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** Octal where it fits, else GNU's base-256; negative numbers too. */
function writeOctal(header: Buffer, offset: number, length: number, value: number): void {
  const digits = value >= 0 ? value.toString(8) : '';
  if (digits !== '' && digits.length < length) {
    header.write(`${digits.padStart(length - 1, '0')}\0`, offset, 'latin1');
    return;
  }
  let rest = BigInt(value);
  for (let index = length - 1; index >= 0; index--) {
    header[offset + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  header[offset] = (header[offset] ?? 0) | 0x80;
}

function padded(data: Buffer): Buffer {
  const rest = data.length % 512;
  return rest === 0 ? data : Buffer.concat([data, Buffer.alloc(512 - rest)]);
}

function bytesOf(value: string | Buffer): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value;
}
