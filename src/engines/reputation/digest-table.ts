import { endianness } from 'node:os';

/** What a list says of a digest. */
export interface ListedDigest {
  /** The size the content must have, in bytes; undefined for any. */
  readonly size: number | undefined;
  /** Where the name lies in the list's names. */
  readonly name: number;
  /** Index into `severities`. */
  readonly severity: number;
}

const rowsPerBlock = 32_768;
const sizeBytes = 6;
const nameBytes = 4;
const anySize = 2 ** (8 * sizeBytes) - 1;
/** The largest size a row can hold, in bytes. */
export const largestSize = anySize - 1;
/** Rows are numbered by 32 bits. */
const largestTable = 2 ** 32 - 1;

// Which half of a 64-bit key holds the row, in a view of 32-bit words.
const rowHalf = endianness() === 'LE' ? 0 : 1;
const prefixHalf = 1 - rowHalf;

/**
 * Digests of one width, about 51 bytes of memory for a SHA-256. Rows lie in blocks, so that growing copies nothing; `seal` makes the index:
 * one sorted 64-bit key for each row, the first four bytes of its digest above the row's number.
 */
export class DigestTable {
  readonly #width: number;
  readonly #rowBytes: number;
  readonly #blocks: Buffer[] = [];
  #length = 0;
  #keys = new Uint32Array(0);

  /** @param width bytes of a digest. */
  constructor(width: number) {
    this.#width = width;
    this.#rowBytes = width + sizeBytes + nameBytes + 1;
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a row; `digest` begins with the digest's bytes and is copied. Not to be called after `seal`. */
  add(digest: Buffer, { size, name, severity }: ListedDigest): void {
    if (this.#length === largestTable) throw new RangeError(`a table holds at most ${largestTable} digests`);
    const place = this.#length % rowsPerBlock;
    if (place === 0) this.#blocks.push(Buffer.allocUnsafeSlow(rowsPerBlock * this.#rowBytes));
    const block = this.#blocks.at(-1) as Buffer;
    const start = place * this.#rowBytes;
    digest.copy(block, start, 0, this.#width);
    let at = block.writeUIntLE(size ?? anySize, start + this.#width, sizeBytes);
    at = block.writeUInt32LE(name, at);
    block.writeUInt8(severity, at);
    this.#length++;
  }

  /** Gives unused memory back and sorts. */
  seal(): void {
    const last = this.#blocks.pop();
    if (last !== undefined) {
      const used = (this.#length - this.#blocks.length * rowsPerBlock) * this.#rowBytes;
      const trimmed = Buffer.allocUnsafeSlow(used);
      last.copy(trimmed, 0, 0, used);
      this.#blocks.push(trimmed);
    }
    const keys = new BigUint64Array(this.#length);
    this.#keys = new Uint32Array(keys.buffer);
    for (let row = 0; row < this.#length; row++) {
      this.#keys[2 * row + rowHalf] = row;
      this.#keys[2 * row + prefixHalf] = this.#block(row).readUInt32BE(this.#start(row));
    }
    keys.sort();
  }

  /** What was added first for this digest (its bytes) and this size; undefined when nothing was. */
  find(digest: Buffer, size: number): ListedDigest | undefined {
    if (digest.length !== this.#width) return undefined;
    const prefix = digest.readUInt32BE(0);
    for (let key = this.#firstKey(prefix); key < this.#length && this.#keys[2 * key + prefixHalf] === prefix; key++) {
      const row = this.#keys[2 * key + rowHalf] as number;
      const listed = this.#read(row, digest);
      if (listed !== undefined && (listed.size === undefined || listed.size === size)) return listed;
    }
    return undefined;
  }

  #firstKey(prefix: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#keys[2 * middle + prefixHalf] as number) < prefix) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #read(row: number, digest: Buffer): ListedDigest | undefined {
    const block = this.#block(row);
    const at = this.#start(row) + this.#width;
    if (digest.compare(block, this.#start(row), at) !== 0) return undefined;
    const size = block.readUIntLE(at, sizeBytes);
    return {
      size: size === anySize ? undefined : size,
      name: block.readUInt32LE(at + sizeBytes),
      severity: block.readUInt8(at + sizeBytes + nameBytes),
    };
  }

  #block(row: number): Buffer {
    return this.#blocks[Math.floor(row / rowsPerBlock)] as Buffer;
  }

  #start(row: number): number {
    return (row % rowsPerBlock) * this.#rowBytes;
  }
}
