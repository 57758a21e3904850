import type { PairColumns } from './pair-columns.ts';

/** For each sample the groups that have it, one sample after the other: a sample that lies in most of the images asked for is found in one of the first that are looked at. */
export interface SampleLists {
  /** Where each sample's list begins, by its place; one more for the end. Samples that came later have none. */
  readonly starts: Uint32Array;
  /** Numbers of groups, those seen last at the end. */
  readonly numbers: Uint32Array;
  /** As in `Pairs`. */
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

/** Of groups in the order of time, numbered so; `starts` tells where the pairs of each begin. */
export function listGroups(pairs: PairColumns, starts: Uint32Array, samples: number): SampleLists {
  const { places, bests, firsts, alikes, length } = pairs;
  const lists = {
    starts: new Uint32Array(samples + 1),
    numbers: new Uint32Array(length),
    bests: new Uint8Array(length),
    firsts: new Float64Array(length),
    alikes: new Uint32Array(length),
  };
  for (let index = 0; index < length; index++) lists.starts[(places[index] as number) + 1] = (lists.starts[(places[index] as number) + 1] as number) + 1;
  for (let place = 0; place < samples; place++) lists.starts[place + 1] = (lists.starts[place + 1] as number) + (lists.starts[place] as number);
  const ends = lists.starts.slice(0, samples);
  let number = 0;
  for (let index = 0; index < length; index++) {
    while (index >= (starts[number + 1] ?? length)) number += 1;
    const at = ends[places[index] as number] as number;
    ends[places[index] as number] = at + 1;
    lists.numbers[at] = number;
    lists.bests[at] = bests[index] as number;
    lists.firsts[at] = firsts[index] as number;
    lists.alikes[at] = alikes[index] as number;
  }
  return lists;
}
