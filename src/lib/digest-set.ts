/**
 * Counts distinct digests in 8 to 16 bytes each. Only the first 52 bits are kept, so it may count one too few among
 * chosen digests: good for statistics, never for a decision.
 */
export class DigestSet {
  private slots = new Float64Array(1024);
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(hex: string): void {
    if (this.count * 2 >= this.slots.length) this.grow();
    // Plus one, since zero marks an empty slot.
    this.put(Number.parseInt(hex.slice(0, 13), 16) + 1);
  }

  private put(value: number): void {
    const mask = this.slots.length - 1;
    let index = (value % 0x100000000) & mask;
    for (;;) {
      const found = this.slots[index];
      if (found === value) return;
      if (found === 0) break;
      index = (index + 1) & mask;
    }
    this.slots[index] = value;
    this.count += 1;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2);
    this.count = 0;
    for (const value of old) if (value !== 0) this.put(value);
  }
}
