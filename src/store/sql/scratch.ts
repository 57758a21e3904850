/**
 * Memory that is used again and again, each piece under its name: new arrays of this size for every request would keep the garbage collector busy. Only for what
 * begins and ends in one turn.
 */
export interface Scratch {
  /** All 0. */
  bytes(name: string, length: number): Uint8Array;
  words(name: string, length: number): Uint32Array;
}

export function createScratch(): Scratch {
  const bytes = new Map<string, Uint8Array>();
  const words = new Map<string, Uint32Array>();
  const reuse = <T extends Uint8Array | Uint32Array>(
    known: Map<string, T>,
    { name, length }: { name: string; length: number },
    make: (size: number) => T,
  ): T => {
    let piece = known.get(name);
    if (piece === undefined || piece.length < length) {
      piece = make(length + Math.ceil(length / 8));
      known.set(name, piece);
    }
    const part = piece.subarray(0, length) as T;
    part.fill(0);
    return part;
  };
  return {
    bytes: (name, length) => reuse(bytes, { name, length }, (size) => new Uint8Array(size)),
    words: (name, length) => reuse(words, { name, length }, (size) => new Uint32Array(size)),
  };
}
