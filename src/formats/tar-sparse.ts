import { parsePaxSize, tarBlock } from '#lib/tar-header.ts';

/** A stretch of a sparse file that is stored: `offset` in the file, `length` bytes. What lies between is zero. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** Most extents a map may have; beyond that the file is not expanded. */
export const maxExtents = 100_000;

/**
 * Reads up to four (in the header) or 21 (in an extension block) extents of the old GNU format: pairs of 12 octal digits
 * from `at` on. The list ends at the first empty pair. (GNU tar manual, "Storing Sparse Files", old GNU format.)
 */
export function oldGnuExtents(block: Buffer, at: number, count: number): Extent[] {
  const found: Extent[] = [];
  for (let index = 0; index < count; index += 1) {
    const start = at + index * 24;
    if ((block[start] ?? 0) === 0) break;
    found.push({ offset: numeric(block, start), length: numeric(block, start + 12) });
  }
  return found;
}

/** Octal, or base-256 where the top bit is set. NaN when neither. */
export function numeric(block: Buffer, at: number): number {
  if (((block[at] ?? 0) & 0x80) !== 0) return Number(block.readBigUInt64BE(at + 4) & 0x1fffffffffffffn);
  return Number.parseInt(
    block
      .toString('latin1', at, at + 12)
      .replace(/\0.*$/s, '')
      .trim() || '0',
    8,
  );
}

/** Pairs of decimal numbers, from a PAX 0.1 map (`offset,length,…`) or the start of a PAX 1.0 body. undefined when they make no map. */
export function extentsOf(numbers: readonly number[]): readonly Extent[] | undefined {
  if (numbers.length % 2 !== 0 || numbers.length / 2 > maxExtents) return undefined;
  const found: Extent[] = [];
  for (let index = 0; index < numbers.length; index += 2) found.push({ offset: numbers[index] ?? 0, length: numbers[index + 1] ?? 0 });
  return found;
}

/** Whether extents rise, do not overlap, lie inside the file and hold exactly the stored bytes. */
export function isSound(extents: readonly Extent[], realSize: number, stored: number): boolean {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of extents) {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || length < 0 || offset < end) return false;
    end = offset + length;
    sum += length;
  }
  return end <= realSize && sum === stored;
}

/**
 * The map of PAX 1.0, which stands at the start of the body, padded to a block: a count, then offset and length of each extent, a
 * number a line.
 */
export class SparseMap {
  private readonly most: number;
  private readonly blocks: Buffer[] = [];
  private lines = 0;
  /** How many extents the map says it has; NaN when it does not say. */
  private count = Number.NaN;

  /** `most`: bytes it may have. */
  constructor(most: number) {
    this.most = most;
  }

  /** Bytes taken so far. */
  get used(): number {
    return this.blocks.length * tarBlock;
  }

  /** Takes a block; true when nothing more belongs to the map, or it turns out to be none. */
  take(block: Buffer): boolean {
    if (this.blocks.length === 0) this.count = parsePaxSize(block.toString('latin1', 0, Math.max(0, block.indexOf(0x0a)))) ?? Number.NaN;
    this.blocks.push(Buffer.from(block));
    for (let at = block.indexOf(0x0a); at >= 0; at = block.indexOf(0x0a, at + 1)) this.lines += 1;
    return !(this.count <= maxExtents) || this.isComplete || this.used + tarBlock > this.most;
  }

  /** undefined when it is no map. */
  extents(): readonly Extent[] | undefined {
    if (!(this.count <= maxExtents) || !this.isComplete) return undefined;
    const [, ...numbers] = this.bytes()
      .toString('latin1')
      .split('\n', 2 * this.count + 1);
    return extentsOf(numbers.map((line) => parsePaxSize(line) ?? Number.NaN));
  }

  /** What was taken. */
  bytes(): Buffer {
    return Buffer.concat(this.blocks);
  }

  private get isComplete(): boolean {
    return this.lines > 2 * this.count;
  }
}

const zeros = Buffer.alloc(1024 * 1024);

/** Feeds stored bytes in, gives the file's bytes out. Holes are filled in steps, since they may be far larger than what is stored. */
export class SparseExpander {
  private readonly extents: readonly Extent[];
  private readonly realSize: number;
  private readonly out: (bytes: Buffer) => void;
  private index = 0;
  private position = 0;

  /** The extents must be sound. */
  constructor(extents: readonly Extent[], realSize: number, out: (bytes: Buffer) => void) {
    this.extents = extents.filter((extent) => extent.length > 0);
    this.realSize = realSize;
    this.out = out;
  }

  /** Bytes of the hole that comes next; 0 when stored bytes come next or the file is whole. */
  get hole(): number {
    return Math.max(0, (this.extents[this.index]?.offset ?? this.realSize) - this.position);
  }

  /** Stored bytes that come before the next hole. */
  get room(): number {
    const extent = this.extents[this.index];
    return extent === undefined || this.hole > 0 ? 0 : extent.offset + extent.length - this.position;
  }

  /** Gives out up to 1 MiB of the hole and returns how much. */
  fill(): number {
    const part = zeros.subarray(0, this.hole);
    this.out(part);
    this.position += part.length;
    return part.length;
  }

  /** Takes up to `room` stored bytes. */
  take(bytes: Buffer): void {
    this.out(bytes);
    this.position += bytes.length;
    if (this.room === 0) this.index += 1;
  }
}
