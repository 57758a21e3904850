/** Each pair of image and sample stands in one group only. */
export interface GroupPairs {
  /** Samples by their places in the book. */
  readonly places: Uint32Array;
  /** The best state of the sample in the image (3 open, 2 allowed, 1 fixed), and when it was seen there first. */
  readonly bests: Uint8Array;
  readonly firsts: Float64Array;
  /** See `sql/alike.ts`. */
  readonly alikes: Uint32Array;
}

/** For each sample the groups that have it, one sample after the other: a sample that lies in most of the images asked for is found in one of the first that are looked at. */
export interface SampleLists {
  /** Where each sample's list begins, by its place; one more for the end. Samples that came later have none. */
  readonly starts: Uint32Array;
  /** Numbers of groups, those seen last at the end. */
  readonly numbers: Uint32Array;
  /** As in `GroupPairs`. */
  readonly bests: Uint8Array;
  readonly firsts: Float64Array;
  readonly alikes: Uint32Array;
}

export const noLists: SampleLists = {
  starts: new Uint32Array(1),
  numbers: new Uint32Array(0),
  bests: new Uint8Array(0),
  firsts: new Float64Array(0),
  alikes: new Uint32Array(0),
};

/** Of groups in the order of time, numbered so. */
export function listGroups(groups: readonly GroupPairs[], samples: number): SampleLists {
  const starts = new Uint32Array(samples + 1);
  for (const { places } of groups) for (const place of places) starts[place + 1] = (starts[place + 1] as number) + 1;
  for (let place = 0; place < samples; place++) starts[place + 1] = (starts[place + 1] as number) + (starts[place] as number);
  const length = starts[samples] as number;
  const lists = { starts, numbers: new Uint32Array(length), bests: new Uint8Array(length), firsts: new Float64Array(length), alikes: new Uint32Array(length) };
  const ends = starts.slice(0, samples);
  for (const [number, { places, bests, firsts, alikes }] of groups.entries()) {
    for (let index = 0; index < places.length; index++) {
      const at = ends[places[index] as number] as number;
      ends[places[index] as number] = at + 1;
      lists.numbers[at] = number;
      lists.bests[at] = bests[index] as number;
      lists.firsts[at] = firsts[index] as number;
      lists.alikes[at] = alikes[index] as number;
    }
  }
  return lists;
}
