import type { Limits } from '#domain/limits.ts';

/** What one image may still cost. When something runs out, `onSpent` is told why, once, and the rest is left out. */
export class Budget {
  private readonly limits: Limits;
  private readonly onSpent: (reason: string) => void;
  private bytes = 0;
  private entries = 0;
  private links = 0;
  private linksSpent = false;
  spent = false;

  constructor(limits: Limits, onSpent: (reason: string) => void) {
    this.limits = limits;
    this.onSpent = onSpent;
  }

  /** False when these unpacked bytes are over the limit. */
  takeBytes(count: number): boolean {
    this.bytes += count;
    if (this.bytes > this.limits.imageBytes) this.end(`the image unpacks to more than ${this.limits.imageBytes} bytes; the rest was not looked at`);
    return !this.spent;
  }

  /** False when one more entry is over the limit. A link too many is left out, not the rest. */
  takeEntry(isLink: boolean): boolean {
    this.entries += 1;
    if (this.entries > this.limits.imageEntries) this.end(`the image has more than ${this.limits.imageEntries} entries; the rest was not looked at`);
    if (this.spent || !isLink) return !this.spent;
    this.links += 1;
    if (this.links <= this.limits.imageLinks) return true;
    if (!this.linksSpent) this.onSpent(`the image has more than ${this.limits.imageLinks} hard links; the rest of them was left out`);
    this.linksSpent = true;
    return false;
  }

  private end(reason: string): void {
    if (!this.spent) this.onSpent(reason);
    this.spent = true;
  }
}
