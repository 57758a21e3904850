/** Dense places of images, so that a choice of images is an array of marks: 1 for what is chosen. No image has place 0. */
export interface Slots {
  /** The place of an image, which it keeps. */
  take(imageKey: number): number;
  find(imageKey: number): number | undefined;
  /** One for each place, all 0. */
  marks(): Uint8Array<ArrayBuffer>;
}

export function createSlots(): Slots {
  const slots = new Map<number, number>();
  return {
    take: (imageKey) => {
      const known = slots.get(imageKey);
      if (known !== undefined) return known;
      const slot = slots.size + 1;
      slots.set(imageKey, slot);
      return slot;
    },
    find: (imageKey) => slots.get(imageKey),
    marks: () => new Uint8Array(slots.size + 1),
  };
}

/** Leaves the marks that the others have too. */
export function keepCommon(marks: Uint8Array, others: Uint8Array): void {
  for (let slot = 0; slot < marks.length; slot++) if (others[slot] !== 1) marks[slot] = 0;
}
