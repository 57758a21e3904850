import { Transform, type TransformCallback } from 'node:stream';

const frameMagic = 0xfd2fb528;
// RFC 8878, 3.1.2: sixteen magic numbers, 0x184D2A50 to 0x184D2A5F.
const skippableMagic = 0x184d2a50;

type State = 'magic' | 'descriptor' | 'frame-header' | 'block-header' | 'block' | 'checksum' | 'skippable-size' | 'skip' | 'foreign';

/**
 * Cuts a zstd stream so that no chunk holds bytes of two frames, without changing a byte. Put before `createZstdDecompress`,
 * which stops without an error at the end of the first frame when that frame's last chunk holds more: what follows would be
 * neither seen nor reported. Frames are laid out as RFC 8878 says; after something that is no frame all bytes pass unchanged.
 */
export function splitZstdFrames(): Transform {
  return new FrameSplitter();
}

class FrameSplitter extends Transform {
  #state: State = 'magic';
  /** Bytes of the header being collected. */
  readonly #header = Buffer.alloc(18);
  #have = 0;
  #need = 4;
  /** Bytes of a block, checksum or skippable frame still to pass. */
  #left = 0;
  #checksum = false;
  #lastBlock = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let start = 0;
    let offset = 0;
    while (offset < chunk.length) {
      offset = this.#state === 'foreign' ? chunk.length : this.#advance(chunk, offset);
      if (this.#state === 'magic' && this.#have === 0 && offset > start) {
        this.push(chunk.subarray(start, offset));
        start = offset;
      }
    }
    if (start < chunk.length) this.push(start === 0 ? chunk : chunk.subarray(start));
    done();
  }

  #advance(chunk: Buffer, offset: number): number {
    if (this.#left > 0) {
      const passed = Math.min(this.#left, chunk.length - offset);
      this.#left -= passed;
      if (this.#left === 0) this.#passedData();
      return offset + passed;
    }
    const taken = Math.min(this.#need - this.#have, chunk.length - offset);
    chunk.copy(this.#header, this.#have, offset, offset + taken);
    this.#have += taken;
    if (this.#have === this.#need) this.#readHeader();
    return offset + taken;
  }

  #collect(state: State, need: number): void {
    this.#state = state;
    this.#have = 0;
    this.#need = need;
  }

  #pass(state: State, left: number): void {
    this.#state = state;
    this.#left = left;
    if (left === 0) this.#passedData();
  }

  #passedData(): void {
    if (this.#state === 'block' && !this.#lastBlock) this.#collect('block-header', 3);
    else if (this.#state === 'block' && this.#checksum) this.#pass('checksum', 4);
    else this.#collect('magic', 4);
  }

  #readHeader(): void {
    const header = this.#header;
    if (this.#state === 'magic') {
      const magic = header.readUInt32LE(0);
      if (magic === frameMagic) this.#collect('descriptor', 1);
      else if ((magic & 0xfffffff0) >>> 0 === skippableMagic) this.#collect('skippable-size', 4);
      else this.#state = 'foreign';
    } else if (this.#state === 'skippable-size') {
      this.#pass('skip', header.readUInt32LE(0));
    } else if (this.#state === 'descriptor') {
      this.#readDescriptor(header[0] ?? 0);
    } else if (this.#state === 'frame-header') {
      this.#collect('block-header', 3);
    } else {
      const block = header.readUIntLE(0, 3);
      this.#lastBlock = (block & 1) === 1;
      // Type 1 repeats a single byte.
      this.#pass('block', ((block >> 1) & 3) === 1 ? 1 : block >> 3);
    }
  }

  #readDescriptor(descriptor: number): void {
    const single = (descriptor & 0x20) !== 0;
    this.#checksum = (descriptor & 0x04) !== 0;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const content = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
    const rest = (single ? 0 : 1) + dictionary + content;
    // At least one byte: the window's size, or the content's size that replaces it.
    this.#collect('frame-header', rest);
  }
}
