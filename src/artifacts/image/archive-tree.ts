import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { LazaretError } from '#domain/error.ts';
import { normalizePath } from '#domain/path.ts';
import { hasData, isZeroBlock, paddedSize, parsePaxRecords, parsePaxSize, parseTarHeader, type TarHeader, tarBlock } from '#lib/tar-header.ts';
import { type Cursor, plainCursor, UnpackingCursor } from './archive-cursor.ts';
import { byteStream, fileChunks, type OpenFile, openRegularFile, readAt } from './file-slice.ts';
import { type FileTree, magicBytes, type Packing, packingOf, throwIfCancelled } from './tree.ts';

/** Members of one image archive: blobs, JSON and directories, not the files inside layers. */
const maxMembers = 100_000;
/** Bytes of one PAX or GNU long-name header. */
const maxHeaderBytes = 1024 * 1024;
/** Links followed from one member to another: older archives name a shared layer by links. */
const maxLinks = 8;
/** Bytes of small JSON members kept from the first pass over a packed archive. */
const keptBytes = 32 * 1024 * 1024;

interface Member {
  readonly offset: number;
  readonly size: number;
  /** Path of the member that a link names; '' for a file. */
  readonly link: string;
  readonly packing: Packing;
  /** Two members have this name, so that tools differ about which one counts. */
  readonly repeated: boolean;
}

interface Extension {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
}

/**
 * Opens a tar as a tree of files, without unpacking it to disk. A plain archive costs one read per member header, and members
 * are slices of the file. A packed archive (gzip or zstd as a whole) is unpacked once in passing for the list of members, and a
 * member is reached by unpacking up to it again; a pass goes on where the last one stopped, so members read in the archive's
 * order cost one more pass in all.
 * @param keepBytes JSON members up to this size are kept from the first pass over a packed archive
 */
export async function openArchiveTree(path: string, keepBytes: number, signal: AbortSignal): Promise<FileTree> {
  const file = await openRegularFile(path);
  try {
    const head = await readAt(file.handle, 0, magicBytes);
    if (head.length < magicBytes) throw new LazaretError('invalid-input', `${path} is empty or too short to be an image archive`);
    const packing = packingOf(head);
    const tree = new ArchiveTree(path, file, packing);
    await tree.index(keepBytes, signal);
    return tree;
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

class ArchiveTree implements FileTree {
  readonly name: string;
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #packing: Packing;
  readonly #members = new Map<string, Member>();
  readonly #kept = new Map<string, Buffer>();
  #idle: UnpackingCursor | undefined;
  #closed = false;

  constructor(name: string, file: OpenFile, packing: Packing) {
    this.name = name;
    this.#handle = file.handle;
    this.#size = file.size;
    this.#packing = packing;
  }

  async index(keepBytes: number, signal: AbortSignal): Promise<void> {
    const cursor = this.#packing === 'none' ? plainCursor(this.#handle, this.#size) : this.#unpacking();
    try {
      await this.#readMembers(cursor, keepBytes, signal);
    } finally {
      cursor.destroy();
    }
  }

  async size(path: string): Promise<number | undefined> {
    return this.#find(path)?.size;
  }

  async packing(path: string): Promise<Packing> {
    return this.#find(path)?.packing ?? 'none';
  }

  async read(path: string, limit: number, signal: AbortSignal): Promise<Buffer | undefined> {
    const member = this.#find(path);
    if (member === undefined) return undefined;
    if (member.size > limit) throw new LazaretError('limit', `${this.name}: ${path} has ${member.size} bytes, more than the limit of ${limit} for a manifest`);
    const kept = this.#kept.get(path);
    if (kept !== undefined) return kept;
    const chunks: Buffer[] = [];
    for await (const chunk of this.#chunks(member, signal)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async open(path: string, signal: AbortSignal): Promise<Readable> {
    throwIfCancelled(signal);
    const member = this.#find(path);
    if (member === undefined) throw new LazaretError('not-found', `${this.name} holds no ${path}; the archive is incomplete, save the image again`);
    return byteStream(this.#chunks(member, signal));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#idle?.destroy();
    await this.#handle.close();
  }

  #chunks(member: Member, signal: AbortSignal): AsyncGenerator<Buffer> {
    if (this.#packing === 'none') return fileChunks(this.#handle, member.offset, member.offset + member.size, signal);
    return this.#unpackedChunks(member, signal);
  }

  async *#unpackedChunks(member: Member, signal: AbortSignal): AsyncGenerator<Buffer> {
    const cursor = this.#takeCursor(member.offset);
    let whole = false;
    try {
      await cursor.skip(member.offset - cursor.position, signal);
      yield* cursor.chunks(member.size, signal);
      if (cursor.position < member.offset + member.size) throw new LazaretError('corrupt', `${this.name} ends inside a member; copy or save it again`);
      whole = true;
    } finally {
      if (whole && !this.#closed) this.#keepCursor(cursor);
      else cursor.destroy();
    }
  }

  #takeCursor(offset: number): UnpackingCursor {
    const idle = this.#idle;
    if (idle === undefined || idle.position > offset) return this.#unpacking();
    this.#idle = undefined;
    return idle;
  }

  #keepCursor(cursor: UnpackingCursor): void {
    this.#idle?.destroy();
    this.#idle = cursor;
  }

  #unpacking(): UnpackingCursor {
    return new UnpackingCursor(this.name, this.#handle, this.#size, this.#packing === 'zstd' ? 'zstd' : 'gzip');
  }

  #find(path: string): Member | undefined {
    let name = path;
    for (let links = 0; links <= maxLinks; links++) {
      const member = this.#members.get(name);
      if (member?.repeated) throw new LazaretError('corrupt', `${this.name} holds ${name} twice, so that nobody can say which one counts`);
      if (member === undefined || member.link === '') return member;
      name = member.link;
    }
    throw new LazaretError('corrupt', `${this.name}: ${path} is a link to a link to a link, without end`);
  }

  async #readMembers(cursor: Cursor, keepBytes: number, signal: AbortSignal): Promise<void> {
    let extension: Extension = {};
    let kept = 0;
    for (let count = 0; ; count++) {
      throwIfCancelled(signal);
      const block = await cursor.take(tarBlock, signal);
      if (block.length === 0 || (block.length === tarBlock && isZeroBlock(block))) return;
      const header = parseTarHeader(block);
      if (header === undefined) throw this.#foreign(count);
      if (count >= maxMembers) throw new LazaretError('limit', `${this.name} holds more than ${maxMembers} members; it is no image archive`);
      if (isExtension(header.type)) {
        extension = { ...extension, ...(await this.#readExtension(cursor, header, signal)) };
        continue;
      }
      kept += await this.#readMember(cursor, header, extension, kept < keptBytes ? keepBytes : 0, signal);
      extension = {};
    }
  }

  #foreign(count: number): LazaretError {
    if (count > 0) return new LazaretError('corrupt', `${this.name}: the tar is damaged after ${count} members; copy or save it again`);
    return new LazaretError('invalid-input', `${this.name} is no image archive (no tar, plain or in gzip or zstd); to scan a directory write dir:PATH`);
  }

  async #readExtension(cursor: Cursor, header: TarHeader, signal: AbortSignal): Promise<Extension> {
    if (header.size > maxHeaderBytes)
      throw new LazaretError('limit', `${this.name}: a member's extended header has ${header.size} bytes, more than ${maxHeaderBytes}`);
    const data = await this.#takeData(cursor, header.size, signal);
    if (header.type === 'L') return { path: untilNul(data) };
    if (header.type === 'K') return { linkpath: untilNul(data) };
    // Records for all members: none that matter here are ever written that way.
    if (header.type === 'g') return {};
    const records = parsePaxRecords(data);
    if (records === undefined) throw new LazaretError('corrupt', `${this.name}: a member's extended header is damaged; copy or save it again`);
    const [path, linkpath, size] = [records.get('path'), records.get('linkpath'), records.get('size')];
    const bytes = size === undefined ? undefined : parsePaxSize(size);
    if (size !== undefined && bytes === undefined) throw new LazaretError('corrupt', `${this.name}: a member's extended header states a size that is none`);
    return { ...(path === undefined ? {} : { path }), ...(linkpath === undefined ? {} : { linkpath }), ...(bytes === undefined ? {} : { size: bytes }) };
  }

  /** Notes one member and passes its data; gives the bytes kept of it. */
  async #readMember(cursor: Cursor, header: TarHeader, extension: Extension, keepBytes: number, signal: AbortSignal): Promise<number> {
    const name = normalizePath(extension.path ?? header.name);
    const offset = cursor.position;
    const link = linkTarget(header.type, name, extension.linkpath ?? header.linkname);
    const size = hasData(header.type) ? (extension.size ?? header.size) : 0;
    const head = await cursor.peek(Math.min(size, magicBytes), signal);
    const isFile = header.type === '0' || header.type === '7';
    if (isFile || link !== '') this.#members.set(name, { offset, size, link, packing: packingOf(head), repeated: this.#members.has(name) });
    const keep = this.#packing !== 'none' && isFile && size <= keepBytes && (head[0] === 0x7b || head[0] === 0x5b);
    if (keep) this.#kept.set(name, await this.#takeData(cursor, size, signal));
    else await cursor.skip(paddedSize(size), signal);
    if (cursor.position < offset + size) throw new LazaretError('corrupt', `${this.name} ends inside ${name}; copy or save it again`);
    return keep ? size : 0;
  }

  async #takeData(cursor: Cursor, size: number, signal: AbortSignal): Promise<Buffer> {
    const data = await cursor.take(paddedSize(size), signal);
    if (data.length < size) throw new LazaretError('corrupt', `${this.name} ends inside a member; copy or save it again`);
    return data.subarray(0, size);
  }
}

function isExtension(type: string): boolean {
  return type === 'x' || type === 'g' || type === 'L' || type === 'K';
}

function linkTarget(type: string, name: string, link: string): string {
  if (type === '1') return normalizePath(link);
  if (type !== '2') return '';
  return normalizePath(link.startsWith('/') ? link : `${name.slice(0, name.lastIndexOf('/') + 1)}${link}`);
}

function untilNul(data: Buffer): string {
  const end = data.indexOf(0);
  return data.toString('latin1', 0, end < 0 ? data.length : end);
}
