import type { Limits } from '#domain/limits.ts';

/** What one image may still cost. When something runs out, `onSpent` is told why, once, and the rest is left out. */
export class Budget {
  private readonly limits: Limits;
  private readonly onSpent: (reason: string) => void;
  private bytes = 0;
  private entries = 0;
  private links = 0;
  private linksSpent = false;
  private nestedBytes = 0;
  private nestedEntries = 0;
  private nestedSpent = false;
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

  /** What archives gave; false when that is over a limit: then no more of them are opened. */
  takeNested(bytes: number, entries: number): boolean {
    this.nestedBytes += bytes;
    this.nestedEntries += entries;
    const { nestedBytes, nestedEntries } = this.limits;
    if (this.nestedSpent || (this.nestedBytes <= nestedBytes && this.nestedEntries <= nestedEntries)) return !this.nestedSpent;
    const what = this.nestedBytes > nestedBytes ? `unpack to more than ${nestedBytes} bytes` : `hold more than ${nestedEntries} entries`;
    this.onSpent(`the archives in the image ${what}; the rest of them was not opened`);
    this.nestedSpent = true;
    return false;
  }

  private end(reason: string): void {
    if (!this.spent) this.onSpent(reason);
    this.spent = true;
  }
}
