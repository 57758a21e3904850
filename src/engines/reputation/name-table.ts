const blockBytes = 256 * 1024;
const lengthBytes = 2;
/** Texts whose place is remembered, so that a list that repeats a few names stores each once. */
const rememberedTexts = 1024;
/** Places are numbered by 32 bits. */
const largestPlace = 2 ** 32 - 1;

/** Bytes (UTF-8) of one name. */
export const longestName = 1024;

/** Texts in a few large buffers, each found by the number that `add` gave it. */
export class NameTable {
  readonly #blocks: Buffer[] = [];
  #used = blockBytes;
  readonly #remembered = new Map<string, number>();

  /** Stores a text of at most `longestName` bytes. */
  add(text: string): number {
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const length = Buffer.byteLength(text);
    if (length > longestName) throw new RangeError(`a name has at most ${longestName} bytes`);
    const block = this.#room(lengthBytes + length);
    const place = (this.#blocks.length - 1) * blockBytes + this.#used;
    if (place > largestPlace) throw new RangeError(`names take at most ${largestPlace} bytes`);
    block.writeUInt16LE(length, this.#used);
    block.write(text, this.#used + lengthBytes);
    this.#used += lengthBytes + length;
    if (this.#remembered.size < rememberedTexts) this.#remembered.set(text, place);
    return place;
  }

  read(place: number): string {
    const block = this.#blocks[Math.floor(place / blockBytes)] as Buffer;
    const start = (place % blockBytes) + lengthBytes;
    return block.toString('utf8', start, start + block.readUInt16LE(start - lengthBytes));
  }

  /** Gives unused memory back; `add` may not be called afterwards. */
  seal(): void {
    this.#remembered.clear();
    const last = this.#blocks.pop();
    if (last === undefined) return;
    const trimmed = Buffer.allocUnsafeSlow(this.#used);
    last.copy(trimmed, 0, 0, this.#used);
    this.#blocks.push(trimmed);
  }

  #room(bytes: number): Buffer {
    if (this.#used + bytes > blockBytes) {
      this.#blocks.push(Buffer.allocUnsafeSlow(blockBytes));
      this.#used = 0;
    }
    return this.#blocks.at(-1) as Buffer;
  }
}
