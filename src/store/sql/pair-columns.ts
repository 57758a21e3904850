/** What groups have of samples; each pair of image and sample stands in one group only. */
export interface Pairs {
  /** Samples by their places in the book. */
  readonly places: ArrayLike<number>;
  /** The best state of the sample in the image (3 open, 2 allowed, 1 fixed), and when it was seen there first. */
  readonly bests: ArrayLike<number>;
  readonly firsts: ArrayLike<number>;
  /** See `sql/alike.ts`. */
  readonly alikes: ArrayLike<number>;
}

/** Very many pairs, one after the other: an array for each group would keep the garbage collector busy. */
export class PairColumns implements Pairs {
  places = new Uint32Array(0);
  bests = new Uint8Array(0);
  firsts = new Float64Array(0);
  alikes = new Uint32Array(0);
  length = 0;

  constructor(size: number) {
    this.resize(size);
  }

  /** Gives the position of the first one. */
  add({ places, bests, firsts, alikes }: Pairs): number {
    const start = this.length;
    this.length += places.length;
    if (this.length > this.places.length) this.resize(2 * this.length);
    this.places.set(places, start);
    this.bests.set(bests, start);
    this.firsts.set(firsts, start);
    this.alikes.set(alikes, start);
    return start;
  }

  /** Those from one position up to another, as they are now. */
  part(start: number, end: number): Pairs {
    const { places, bests, firsts, alikes } = this;
    return { places: places.subarray(start, end), bests: bests.subarray(start, end), firsts: firsts.subarray(start, end), alikes: alikes.subarray(start, end) };
  }

  private resize(size: number): void {
    const grown = <T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.places = grown(this.places, new Uint32Array(size));
    this.bests = grown(this.bests, new Uint8Array(size));
    this.firsts = grown(this.firsts, new Float64Array(size));
    this.alikes = grown(this.alikes, new Uint32Array(size));
  }
}
