import { LazaretError } from '#domain/error.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import { normalizePath } from '#domain/path.ts';
import { isZeroBlock, parseTarHeader, type TarHeader, tarBlock } from '#lib/tar-header.ts';
import { type PaxRecords, readPax } from './pax.ts';
import { kindOf } from './tar-kind.ts';
import { type Extent, extentsOf, isSound, maxExtents, numeric, oldGnuExtents, SparseExpander, SparseMap } from './tar-sparse.ts';

/** Who takes what a tar holds. All calls come while `TarReader.write` runs. */
export interface TarSink {
  /** A member; `ordinal` counts them from 0. True when the body is wanted (asked only for files). */
  member(entry: FileEntry, ordinal: number): boolean;
  /** The whole body of the wanted member at once, when it lies in one chunk. The bytes are only lent. */
  whole(bytes: Buffer): void;
  /** A part of the body, any number of times, then `bodyEnd`. The bytes are only lent. */
  body(bytes: Buffer): void;
  bodyEnd(): void;
  /** Asked between steps: true stops `write` early, so that the caller can wait before it hands in the rest. */
  isFull(): boolean;
  /** Something that could not be read as meant, with the start of the raw path it concerns ('' for none). */
  problem(path: string, reason: string): void;
}

export interface TarLimits {
  readonly pathBytes: number;
  readonly headerBytes: number;
  /**
   * True for a tar that is no layer: markers of removal are usual files in it, and another tar may follow its end, as in
   * Alpine's packages.
   */
  readonly plain?: boolean;
}

/** Zeros made up for holes in one call of `write`, so that its caller keeps counting them. */
const fillBytes = 4 * 1024 * 1024;

type State = 'header' | 'body' | 'meta' | 'sparse-header' | 'sparse-map' | 'ended';

const metaTypes = 'xgLKXDVMN';
const bodiless = '123456';

/**
 * Reads a tar pushed in chunks: ustar, PAX and GNU long names, sparse files in GNU's old form and in PAX 0.1 and 1.0, base-256 numbers.
 * Members with types it does not know are read as files, as POSIX says. Where readers of tar differ (a long name given
 * twice, global PAX headers), it reads as the ones that unpack layers do, which are written in Go: else a layer could show us
 * other files than it gives a container.
 */
export class TarReader {
  private readonly sink: TarSink;
  private readonly limits: TarLimits;
  private state: State = 'header';
  private carry: Buffer = Buffer.alloc(0);
  private offset = 0;
  private ordinal = 0;
  private zeroBlocks = 0;
  private trailing = false;
  /** Bytes of the current body still to come, and the padding after it. */
  private left = 0;
  private padding = 0;
  private wanted = false;
  private expander: SparseExpander | undefined;
  private meta: { readonly type: string; readonly parts: Buffer[]; readonly keep: boolean } | undefined;
  private pax: PaxRecords = {};
  private longName: string | undefined;
  private longLink: string | undefined;
  private sparse: { readonly header: TarHeader; readonly extents: Extent[]; readonly realSize: number } | undefined;
  private map: { readonly header: TarHeader; readonly realSize: number; readonly map: SparseMap } | undefined;
  private parts = 0;
  /** Zeros given out for holes so far: bytes that are not in the tar. */
  holeBytes = 0;

  constructor(sink: TarSink, limits: TarLimits) {
    this.sink = sink;
    this.limits = limits;
  }

  /** Whether a hole waits to be filled: then `write` must be called again, even without bytes. */
  get isBehind(): boolean {
    return this.expander !== undefined && this.expander.hole > 0;
  }

  /**
   * Reads from the start of `chunk` and returns how many bytes were used: fewer than all when the sink is full or `isBehind`.
   * @throws LazaretError 'corrupt' where a header is damaged.
   */
  write(chunk: Buffer): number {
    const filled = this.holeBytes;
    let at = 0;
    for (let isFirst = true; at < chunk.length || this.isBehind; isFirst = false) {
      if (!isFirst && (this.sink.isFull() || this.holeBytes - filled >= fillBytes)) break;
      if (this.isBehind) this.fillHole();
      else if (this.left === 0 && this.padding > 0) at += this.takePadding(chunk, at);
      else if (this.state === 'body') at += this.takeBody(chunk, at);
      else if (this.state === 'meta') at += this.takeMeta(chunk, at);
      else if (this.state === 'ended') at += this.takeTrailing(chunk, at);
      else at += this.takeBlock(chunk, at);
    }
    this.offset += at;
    return at;
  }

  /** @throws LazaretError 'corrupt' when the tar ends inside a member. */
  end(): void {
    if (this.carry.length > 0 || (this.state !== 'header' && this.state !== 'ended')) {
      throw new LazaretError('corrupt', `the tar is cut off after ${this.offset} bytes`);
    }
  }

  // ------------------------------------------------------------ blocks

  private takeBlock(chunk: Buffer, at: number): number {
    const missing = tarBlock - this.carry.length;
    const part = chunk.subarray(at, at + missing);
    if (part.length < missing) {
      this.carry = Buffer.concat([this.carry, part]);
      return part.length;
    }
    const block = this.carry.length === 0 ? part : Buffer.concat([this.carry, part]);
    if (this.carry.length > 0) this.carry = Buffer.alloc(0);
    if (this.state === 'header') this.header(block, at);
    else if (this.state === 'sparse-header') this.sparseHeader(block);
    else this.sparseMap(block);
    return part.length;
  }

  private header(block: Buffer, at: number): void {
    const header = parseTarHeader(block);
    if (header === undefined) {
      this.noHeader(block, at);
      return;
    }
    this.zeroBlocks = 0;
    if (metaTypes.includes(header.type)) this.startMeta(header);
    else if (header.type === 'S') this.startOldSparse(header, block);
    else this.startMember(header, block[156] === 0);
  }

  private noHeader(block: Buffer, at: number): void {
    const isZero = isZeroBlock(block);
    const isPlain = this.limits.plain === true;
    if (!isZero && isPlain && this.zeroBlocks >= 2) {
      this.state = 'ended';
      this.takeTrailing(block, 0);
      return;
    }
    if (!isZero) throw new LazaretError('corrupt', `the tar is damaged at byte ${this.offset + at}: a header with a wrong checksum or size`);
    this.zeroBlocks += 1;
    if (this.zeroBlocks === 2 && !isPlain) this.state = 'ended';
  }

  // ------------------------------------------------------------ PAX and GNU headers that speak of the next member

  private startMeta(header: TarHeader): void {
    const isKnown = 'xgLK'.includes(header.type);
    const keep = isKnown && header.size <= this.limits.headerBytes;
    if (!isKnown && header.size > 0) this.problem(normalizePath(header.name), `a member of type '${header.type}', which layers do not have, was not looked at`);
    if (!isKnown) this.forget();
    if (!keep && isKnown) this.problem('', `a header of ${header.size} bytes is over the limit of ${this.limits.headerBytes} bytes`);
    this.meta = { type: header.type, parts: [], keep };
    this.startBody(header.size, 'meta');
    if (header.size === 0) this.endMeta();
  }

  private takeMeta(chunk: Buffer, at: number): number {
    const bytes = chunk.subarray(at, at + this.left);
    if (this.meta?.keep === true && bytes.length > 0) this.meta.parts.push(Buffer.from(bytes));
    return this.advance(bytes.length, () => this.endMeta());
  }

  private endMeta(): void {
    const meta = this.meta;
    this.meta = undefined;
    this.state = 'header';
    if (meta?.keep !== true) return;
    const data = Buffer.concat(meta.parts);
    if (meta.type === 'L') this.longName = cString(data);
    else if (meta.type === 'K') this.longLink = cString(data);
    else {
      const records = readPax(data);
      if (records === undefined) this.problem('', 'a malformed PAX header was left out');
      else if (meta.type === 'x') this.pax = records;
      else if (records.path !== undefined || records.linkpath !== undefined || records.size !== undefined || records.sparse !== undefined)
        this.problem('', 'a global PAX header that speaks of names or sizes was left out, as it is when the layer is unpacked');
    }
  }

  // ------------------------------------------------------------ members

  private startMember(header: TarHeader, isLegacy: boolean): void {
    // Links and devices have no body, whatever a PAX size says.
    const hasBody = !bodiless.includes(header.type);
    const stored = hasBody ? this.storedSize(header) : 0;
    const { sparse } = this.pax;
    if (hasBody && sparse !== undefined) return this.startNewSparse({ ...header, size: stored }, sparse);
    const entry = this.entryOf(header, stored, isLegacy);
    if (entry.kind === 'directory' && stored > 0) this.problem(entry.path, `${stored} bytes that a directory cannot have were not looked at`);
    this.wanted = this.announce(entry);
    this.startBody(stored, 'body');
    if (stored === 0) this.endEmpty();
  }

  private storedSize(header: TarHeader): number {
    const stored = this.pax.size ?? header.size;
    if (!Number.isSafeInteger(stored)) throw new LazaretError('corrupt', 'the tar has a PAX size that is no number');
    return stored;
  }

  private entryOf(header: TarHeader, size: number, isLegacy = false): FileEntry {
    const pax = this.pax;
    const name = pax.sparse?.name ?? this.longName ?? pax.path ?? header.name;
    const link = this.longLink ?? pax.linkpath ?? header.linkname;
    const path = normalizePath(name);
    // Archives from before POSIX know a directory by its name alone; elsewhere a file with a body stays one, whatever its name.
    const isDirectory = path === '' || (name.endsWith('/') && (isLegacy || size === 0));
    const marked = kindOf(header.type, path, isDirectory);
    const kind = this.limits.plain === true && (marked === 'whiteout' || marked === 'opaque') ? 'file' : marked;
    return {
      path,
      kind,
      size: kind === 'file' ? size : 0,
      mode: header.mode,
      mtime: finite(pax.mtime ?? header.mtime),
      uid: finite(pax.uid ?? header.uid),
      gid: finite(pax.gid ?? header.gid),
      link: kind === 'hardlink' ? normalizePath(link) : kind === 'symlink' ? link : '',
    };
  }

  private announce(entry: FileEntry): boolean {
    this.forget();
    const ordinal = this.ordinal;
    this.ordinal += 1;
    if (entry.path.length > this.limits.pathBytes) {
      this.problem(entry.path, `a path of ${entry.path.length} bytes is over the limit of ${this.limits.pathBytes} bytes`);
      return false;
    }
    return this.sink.member(entry, ordinal) && entry.kind === 'file';
  }

  private forget(): void {
    this.pax = {};
    this.longName = undefined;
    this.longLink = undefined;
  }

  private startBody(size: number, state: State): void {
    this.left = size;
    this.padding = (tarBlock - (size % tarBlock)) % tarBlock;
    this.state = state;
  }

  private endEmpty(): void {
    if (this.wanted && this.expander === undefined) {
      this.sink.whole(Buffer.alloc(0));
      this.wanted = false;
    }
    if (!this.isBehind) this.endBody();
  }

  private takeBody(chunk: Buffer, at: number): number {
    const bytes = chunk.subarray(at, at + Math.min(this.left, this.expander?.room ?? this.left));
    if (this.wanted && bytes.length > 0) {
      if (this.expander !== undefined) this.expander.take(bytes);
      else if (bytes.length === this.left && this.parts === 0) {
        this.sink.whole(bytes);
        this.wanted = false;
      } else this.sink.body(bytes);
      this.parts += 1;
    }
    return this.advance(bytes.length, () => {
      if (!this.isBehind) this.endBody();
    });
  }

  private fillHole(): void {
    this.holeBytes += this.expander?.fill() ?? 0;
    if (!this.isBehind && this.left === 0) this.endBody();
  }

  private endBody(): void {
    if (this.wanted) this.sink.bodyEnd();
    this.wanted = false;
    this.parts = 0;
    this.expander = undefined;
    this.state = 'header';
  }

  // Moves over `length` bytes of body and calls `done` at its end. Returns the bytes used.
  private advance(length: number, done: () => void): number {
    this.left -= length;
    if (this.left === 0) done();
    return length;
  }

  // Apart from the body, since some writers leave it out at the very end.
  private takePadding(chunk: Buffer, at: number): number {
    const length = Math.min(this.padding, chunk.length - at);
    this.padding -= length;
    return length;
  }

  // ------------------------------------------------------------ sparse files

  private startOldSparse(header: TarHeader, block: Buffer): void {
    this.sparse = { header, extents: oldGnuExtents(block, 386, 4), realSize: numeric(block, 483) };
    if (block[482] === 0) this.beginOldSparse();
    else this.state = 'sparse-header';
  }

  private sparseHeader(block: Buffer): void {
    const sparse = this.sparse;
    if (sparse === undefined) return;
    const more = oldGnuExtents(block, 0, 21);
    if (sparse.extents.length < maxExtents) sparse.extents.push(...more);
    if (block[504] === 0) this.beginOldSparse();
  }

  private beginOldSparse(): void {
    const sparse = this.sparse;
    this.sparse = undefined;
    if (sparse !== undefined) this.beginSparse(sparse.header, { ...sparse, stored: this.storedSize(sparse.header) });
  }

  private startNewSparse(header: TarHeader, sparse: NonNullable<PaxRecords['sparse']>): void {
    const { map, realSize = header.size } = sparse;
    if (map !== undefined || header.size === 0) return this.beginSparse(header, { extents: extentsOf(map ?? [Number.NaN]), realSize, stored: header.size });
    this.map = { header, realSize, map: new SparseMap(Math.min(header.size, this.limits.headerBytes)) };
    this.state = 'sparse-map';
  }

  private sparseMap(block: Buffer): void {
    const open = this.map;
    if (open === undefined || !open.map.take(block)) return;
    this.map = undefined;
    const { header, realSize, map } = open;
    this.beginSparse(header, { extents: map.extents(), realSize, stored: header.size - map.used }, map.bytes());
  }

  // `read` are bytes of the body that were taken for a map.
  private beginSparse(
    header: TarHeader,
    form: { readonly extents: readonly Extent[] | undefined; readonly realSize: number; readonly stored: number },
    read: Buffer = Buffer.alloc(0),
  ): void {
    const { extents, realSize, stored } = form;
    const isSparse = extents !== undefined && Number.isSafeInteger(realSize) && isSound(extents, realSize, stored);
    if (!isSparse) return this.beginUnexpanded(header, stored + read.length, read);
    this.wanted = this.announce(this.entryOf({ ...header, type: '0' }, realSize));
    if (this.wanted) this.expander = new SparseExpander(extents, realSize, (bytes) => this.sink.body(bytes));
    this.startBody(stored, 'body');
    if (stored === 0) this.endEmpty();
  }

  private beginUnexpanded(header: TarHeader, size: number, read: Buffer): void {
    const entry = this.entryOf({ ...header, type: '0' }, size);
    this.problem(entry.path, 'a sparse file whose map makes no sense; its stored bytes were read as they are');
    this.wanted = this.announce(entry);
    const part = read.subarray(0, size);
    if (this.wanted && part.length > 0) this.sink.body(part);
    this.parts = part.length > 0 ? 1 : 0;
    this.startBody(size, 'body');
    this.left -= part.length;
    // Its padding was read with it.
    if (read.length >= size && read.length > 0) this.padding = 0;
    if (this.left > 0) return;
    if (this.parts === 0) this.endEmpty();
    else this.endBody();
  }

  private problem(path: string, reason: string): void {
    this.sink.problem(path.slice(0, shownPath), reason);
  }

  // ------------------------------------------------------------ after the end

  private takeTrailing(chunk: Buffer, at: number): number {
    const rest = chunk.subarray(at);
    if (!this.trailing && rest.some((byte) => byte !== 0)) {
      this.trailing = true;
      this.problem('', 'bytes after the end of the tar were not looked at');
    }
    return rest.length;
  }
}

/** Bytes of a path that are told with a problem: thousands of the longest ones would fill the memory. */
const shownPath = 256;

function cString(data: Buffer): string {
  const zero = data.indexOf(0);
  return data.toString('latin1', 0, zero < 0 ? data.length : zero);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
