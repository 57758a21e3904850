import { LazaretError } from '#domain/error.ts';
import { asynchronous } from './deb.ts';
import { type Format, pieceBytes, piecesOf } from './format.ts';
import { openPacked } from './unpack.ts';

/** A stream of bzip2, or several that follow each other: `BZh`, a digit, and the number with which the first block begins. */
export const bzip2: Format = {
  name: 'bzip2',
  recognise: (head) => head.length >= 10 && /^BZh[1-9]/.test(head.toString('latin1', 0, 4)) && [blockMagic, endMagic].includes(head.readUIntBE(4, 6)),
  open: (source, limits) => openPacked(asynchronous(unbzip2(piecesOf(source))), source, limits),
};

/** Unpacks bzip2. @throws LazaretError 'corrupt' when it is damaged or cut off. */
export function* unbzip2(pieces: Iterable<Buffer>): Generator<Buffer> {
  const bits = new Bits(pieces);
  for (let isFirst = true; isFirst || !bits.isAtEnd(); isFirst = false) {
    const isStream = bits.read(24) === 0x425a68;
    const level = bits.read(8) - 0x30;
    if (!isStream || level < 1 || level > 9)
      throw damaged(isFirst ? 'the packed data is damaged' : 'bytes after the end of the packed data were not looked at');
    yield* unpackStream(bits, new Uint32Array(level * 100_000));
  }
}

function* unpackStream(bits: Bits, block: Uint32Array): Generator<Buffer> {
  let sum = 0;
  let isSound = true;
  for (;;) {
    const magic = bits.read(24) * 2 ** 24 + bits.read(24);
    const stated = bits.readSum();
    if (magic === endMagic) {
      bits.align();
      if (stated !== sum || !isSound) throw damaged('its checksum does not match; what was unpacked was judged');
      return;
    }
    if (magic !== blockMagic) throw damaged('the packed data is damaged');
    const found = yield* unpackBlock(bits, block);
    isSound &&= found === stated;
    sum = ((sum << 1) | (sum >>> 31)) ^ found;
    sum >>>= 0;
  }
}

const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;

function damaged(message: string): LazaretError {
  return new LazaretError('corrupt', message);
}

// Gives the bytes of one block, and in the end their sum.
function* unpackBlock(bits: Bits, block: Uint32Array): Generator<Buffer, number> {
  if (bits.read(1) === 1) throw damaged('the packed data is of a kind that early versions wrote and nobody reads');
  const origin = bits.read(24);
  const count = readSymbols(bits, block);
  if (origin >= count) throw damaged('the packed data is damaged');
  return yield* expand(block, count, origin);
}

// ------------------------------------------------------------ symbols

/** Symbols of a group, which share a table. */
const groupSize = 50;
/** More groups than the largest block can have say nothing. */
const mostSelectors = 18_002;
const longestCode = 20;

/** A Huffman table by lengths of codes. */
interface Table {
  readonly shortest: number;
  /** The last code of each length, shifted to the longest; -1 for none. */
  readonly limits: Int32Array;
  /** What to take from a code of each length to get its place among the symbols. */
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

// Fills the block with its bytes in the order of the transform, and makes of each the link to the next one.
function readSymbols(bits: Bits, block: Uint32Array): number {
  const order = readUsed(bits);
  const last = order.length + 1;
  const tableCount = bits.read(3);
  const selectorCount = bits.read(15);
  if (order.length === 0 || tableCount < 2 || tableCount > 6 || selectorCount < 1) throw damaged('the packed data is damaged');
  const selectors = readSelectors(bits, tableCount, selectorCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, last + 1));
  const counts = new Uint32Array(256);
  let count = 0;
  let run = 0;
  let weight = 1;
  const flush = (): void => {
    if (run === 0) return;
    if (count + run > block.length) throw damaged('the packed data is damaged');
    const byte = order[0] ?? 0;
    block.fill(byte, count, count + run);
    counts[byte] = (counts[byte] ?? 0) + run;
    count += run;
    run = 0;
    weight = 1;
  };
  for (let at = 0; ; at += 1) {
    const table = tables[selectors[Math.floor(at / groupSize)] ?? -1];
    if (table === undefined) throw damaged('the packed data is damaged');
    const symbol = bits.decode(table);
    if (symbol <= 1) {
      run += weight << symbol;
      weight *= 2;
      if (run > block.length) throw damaged('the packed data is damaged');
      continue;
    }
    flush();
    if (symbol === last) break;
    if (count >= block.length) throw damaged('the packed data is damaged');
    const byte = order[symbol - 1] ?? 0;
    order.copyWithin(1, 0, symbol - 1);
    order[0] = byte;
    block[count] = byte;
    counts[byte] = (counts[byte] ?? 0) + 1;
    count += 1;
  }
  link(block, counts, count);
  return count;
}

function readUsed(bits: Bits): Uint8Array {
  const used: number[] = [];
  const groups = bits.read(16);
  for (let group = 0; group < 16; group += 1) {
    if ((groups & (0x8000 >> group)) === 0) continue;
    const members = bits.read(16);
    for (let member = 0; member < 16; member += 1) if ((members & (0x8000 >> member)) !== 0) used.push(group * 16 + member);
  }
  return Uint8Array.from(used);
}

function readSelectors(bits: Bits, tables: number, count: number): Uint8Array {
  const order = Array.from({ length: tables }, (_, at) => at);
  const selectors = new Uint8Array(Math.min(count, mostSelectors));
  for (let at = 0; at < count; at += 1) {
    let place = 0;
    while (bits.read(1) === 1) {
      place += 1;
      if (place >= tables) throw damaged('the packed data is damaged');
    }
    const [table = 0] = order.splice(place, 1);
    order.unshift(table);
    if (at < selectors.length) selectors[at] = table;
  }
  return selectors;
}

function readTable(bits: Bits, symbolCount: number): Table {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbolCount; symbol += 1) {
    for (;;) {
      if (length < 1 || length > longestCode) throw damaged('the packed data is damaged');
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return makeTable(lengths);
}

function makeTable(lengths: Uint8Array): Table {
  const symbols = new Uint16Array(lengths.length);
  const limits = new Int32Array(longestCode + 1).fill(-1);
  const bases = new Int32Array(longestCode + 1);
  let [code, place, shortest] = [0, 0, 0];
  for (let length = 1; length <= longestCode; length += 1) {
    bases[length] = code - place;
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      if (lengths[symbol] !== length) continue;
      if (shortest === 0) shortest = length;
      symbols[place] = symbol;
      place += 1;
      code += 1;
    }
    // Codes beyond those that a length can have are damage, and are never met.
    limits[length] = (code << (longestCode - length)) - 1;
    code <<= 1;
  }
  return { shortest, limits, bases, symbols };
}

// ------------------------------------------------------------ the transform, and runs

function link(block: Uint32Array, counts: Uint32Array, count: number): void {
  const starts = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte += 1) starts[byte] = (starts[byte - 1] ?? 0) + (counts[byte - 1] ?? 0);
  for (let at = 0; at < count; at += 1) {
    const byte = (block[at] ?? 0) & 0xff;
    const place = starts[byte] ?? 0;
    starts[byte] = place + 1;
    block[place] = ((block[place] ?? 0) & 0xff) | (at << 8);
  }
}

// Four equal bytes are followed by the number of more of them.
function* expand(block: Uint32Array, count: number, origin: number): Generator<Buffer, number> {
  let out = Buffer.allocUnsafe(pieceBytes);
  let size = 0;
  let sum = 0xffffffff;
  let [before, equal] = [-1, 0];
  let next = (block[origin] ?? 0) >>> 8;
  for (let at = 0; at < count; at += 1) {
    const entry = block[next] ?? 0;
    const byte = entry & 0xff;
    next = entry >>> 8;
    const repeats = equal === 4 ? byte : 1;
    const value = equal === 4 ? before : byte;
    equal = equal === 4 ? 0 : byte === before ? equal + 1 : 1;
    before = equal === 0 ? -1 : byte;
    for (let more = 0; more < repeats; more += 1) {
      sum = (sum << 8) ^ (sums[((sum >>> 24) ^ value) & 0xff] ?? 0);
      out[size] = value;
      size += 1;
      if (size < pieceBytes) continue;
      yield out;
      out = Buffer.allocUnsafe(pieceBytes);
      size = 0;
    }
  }
  yield out.subarray(0, size);
  return ~sum >>> 0;
}

/** CRC-32 with the highest bit first. */
const sums = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  return sum;
});

// ------------------------------------------------------------ bits

class Bits {
  private readonly pieces: Iterator<Buffer>;
  private piece: Buffer = Buffer.alloc(0);
  private at = 0;
  private value = 0;
  private count = 0;
  /** Bits that were made up behind the end. */
  private madeUp = 0;

  constructor(pieces: Iterable<Buffer>) {
    this.pieces = pieces[Symbol.iterator]();
  }

  /** Up to 24 bits. */
  read(length: number): number {
    this.fill(length);
    const bits = (this.value >>> (this.count - length)) & (2 ** length - 1);
    this.drop(length);
    return bits;
  }

  readSum(): number {
    return this.read(16) * 0x10000 + this.read(16);
  }

  decode({ shortest, limits, bases, symbols }: Table): number {
    this.fill(longestCode);
    const bits = (this.value >>> (this.count - longestCode)) & (2 ** longestCode - 1);
    let length = shortest;
    while (length <= longestCode && bits > (limits[length] ?? -1)) length += 1;
    if (length > longestCode || shortest === 0) throw damaged('the packed data is damaged');
    this.drop(length);
    const symbol = symbols[(bits >>> (longestCode - length)) - (bases[length] ?? 0)];
    if (symbol === undefined) throw damaged('the packed data is damaged');
    return symbol;
  }

  /** Goes to the start of the next byte. */
  align(): void {
    this.drop(this.count % 8);
  }

  /** Whether no byte is left. Only asked at the start of one. */
  isAtEnd(): boolean {
    this.fill(8);
    return this.count === this.madeUp;
  }

  private fill(length: number): void {
    while (this.count < length) {
      if (this.at >= this.piece.length) this.nextPiece();
      const byte = this.piece[this.at];
      if (byte === undefined) this.madeUp += 8;
      this.at += 1;
      this.value = ((this.value << 8) | (byte ?? 0)) >>> 0;
      this.count += 8;
    }
  }

  private drop(length: number): void {
    this.count -= length;
    if (this.count < this.madeUp) throw damaged('the packed data is cut off');
  }

  // A piece is only lent until the next one, which is asked for when it is used up.
  private nextPiece(): void {
    const next = this.pieces.next();
    this.piece = next.done === true ? Buffer.alloc(0) : next.value;
    this.at = 0;
  }
}
