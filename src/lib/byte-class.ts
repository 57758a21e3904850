/** A set of control characters: a cell per byte, 1 for a member. */
export type ByteClass = Uint8Array;

/** @throws RangeError for a member that is no control character of ASCII. */
export function controlClass(isMember: (byte: number) => boolean): ByteClass {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    if (!isMember(byte)) return 0;
    if (byte >= 0x20 && byte !== 0x7f) throw new RangeError(`byte ${byte} is no control character`);
    return 1;
  });
}

/**
 * Whether any of the first `end` bytes is in the class. Four at a time: a word is looked at closer only where it has some control character
 * at all, which in texts is a line feed now and then.
 */
export function holdsAny(bytes: Buffer, members: ByteClass, end = bytes.length): boolean {
  const last = Math.min(end, bytes.length);
  const before = Math.min(last, (4 - (bytes.byteOffset % 4)) % 4);
  const count = (last - before) >>> 2;
  const words = count === 0 ? none : new Int32Array(bytes.buffer, bytes.byteOffset + before, count);
  const at = (index: number): number => members[bytes[index] as number] as number;
  for (let index = 0; index < before; index++) if (at(index) !== 0) return true;
  for (let word = 0; word < words.length; word++) {
    const value = words[word] as number;
    const index = before + 4 * word;
    if (mayHaveControl(value) && (at(index) | at(index + 1) | at(index + 2) | at(index + 3)) !== 0) return true;
  }
  for (let index = before + 4 * words.length; index < last; index++) if (at(index) !== 0) return true;
  return false;
}

const none = new Int32Array(0);

// Whether any byte of a word is below 0x20 or is 0x7f.
function mayHaveControl(word: number): boolean {
  const deleted = word ^ 0x7f7f_7f7f;
  return ((((word - 0x2020_2020) & ~word) | ((deleted - 0x0101_0101) & ~deleted)) & 0x8080_8080) !== 0;
}
