import type { JudgeRecipe } from '#engines/engine.ts';
import { Inspector, type InspectorOptions, stopped } from './inspector.ts';
import { type InspectItem, type ItemResult, transferHeader } from './protocol.ts';
import { residentBytes } from './resident-bytes.ts';

/** Room for one batch of contents in an inspector's transfer file. */
export interface Slot {
  readonly capacity: number;
  /** Copies bytes to `position`, which counts from the slot's start. */
  write(bytes: Buffer, position: number): void;
  /** What was written, until the slot is freed; in `room` where it is given. */
  read(position: number, length: number, room?: Buffer): Buffer;
  /** Has the contents inspected, then frees the slot. `at` of the items counts from the slot's start. */
  submit(items: readonly InspectItem[]): Promise<readonly ItemResult[]>;
  /** Frees the slot unused. */
  release(): void;
}

const MiB = 1024 * 1024;
const slotBytes = 16 * MiB;
/** So many that neither side waits for the other often: some batches take longer to fill, others to inspect. Most hold little more than 4 MiB. */
export const slotsPerInspector = 8;
/**
 * How long a scan may have waited for room, in all, before it gets one more inspector, ms. To start one and to load the rules costs
 * a second of a processor, which the scan itself could use.
 */
const patienceMs = 1000;
/**
 * Memory of all processes of the scan above which a large content is inspected by one process alone. A scan with a thousand rules shall need
 * 600 MB at most.
 */
const sharedBytes = 440 * MiB;
/** What the inspection of a content takes: its bytes, and as many for what engines make of them. */
const costFactor = 2;
/** A content for which no process makes room, since that would cost more time than the content. */
const lightBytes = 16 * MiB;
/** Memory of a process that is ended after a large content, and started again for the next one: with a thousand rules it has fifty megabytes less. */
const heavyBytes = 192 * MiB;
const largeOffset = transferHeader + slotsPerInspector * slotBytes;

/**
 * The inspectors of a scan. They work from `start` on (a scan that finds everything known needs none). Small contents
 * travel in batches; a content larger than a batch travels alone, one at a time, so that memory stays bounded.
 */
export class InspectorPool {
  private readonly options: InspectorOptions;
  private readonly size: number;
  private inspectors: Inspector[] = [];
  private free: FreeSlot[] = [];
  private readonly waiting: { readonly resolve: (slot: Slot) => void; readonly reject: (error: Error) => void }[] = [];
  private large: Promise<void> = Promise.resolve();
  private closed = false;
  private waitedMs = 0;
  /** Memory of an inspector when the first large content came. */
  private lightMost: number | undefined;
  /** Whether all inspectors but one rest. */
  private isAlone = false;
  private recipes: readonly JudgeRecipe[] | undefined;

  /** Up to `size` inspecting processes: one at first, more while the scan waits for them, since each must start and load its rules. */
  constructor(options: InspectorOptions, size: number) {
    this.options = options;
    this.size = size;
  }

  /** Starts a process before it is known by which engines it will judge, or whether it will be needed: a start takes as long as reading a small layer. */
  warm(): void {
    if (!this.closed && this.inspectors.length === 0) this.grow();
  }

  /** Tells the engines that judge. */
  start(recipes: readonly JudgeRecipe[]): void {
    if (this.recipes !== undefined) return;
    this.recipes = recipes;
    for (const inspector of this.inspectors) inspector.open(recipes);
    this.warm();
  }

  /** Waits for room for a batch. Rejects when the pool is closed. */
  reserve(): Promise<Slot> {
    if (this.closed) return Promise.reject(stopped());
    const next = this.free.shift();
    if (next !== undefined) return Promise.resolve(next.make());
    const since = performance.now();
    // Every wait counts until the next inspector: many short ones tell as much as a long one.
    const waitedMs = (): number => this.waitedMs + Math.max(0, performance.now() - Math.max(since, this.readyAt));
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      const left = patienceMs - waitedMs();
      if (left <= 0) this.growOnce();
      else timer = setTimeout(look, left).unref();
    };
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const end = (): void => {
      clearTimeout(timer);
      this.waitedMs = waitedMs();
    };
    this.waiting.push({
      resolve: (slot) => {
        end();
        resolve(slot);
      },
      reject: (error) => {
        end();
        reject(error);
      },
    });
    look();
    return promise;
  }

  /** Waits for room for one content of up to `bytes`. */
  async reserveLarge(bytes: number): Promise<Slot> {
    const before = this.large;
    let done: () => void = () => undefined;
    this.large = new Promise((resolve) => {
      done = resolve;
    });
    await before;
    const inspector = [...this.inspectors].sort((left, right) => left.load - right.load)[0];
    if (inspector === undefined || this.closed) {
      done();
      throw this.closed ? stopped() : new Error('the pool was not started');
    }
    const release = () => {
      inspector.file.shrink(largeOffset);
      done();
    };
    const inspect = (items: readonly InspectItem[]) => this.withRoom(inspector, bytesOf(items), () => inspector.inspect(items));
    return slotIn(inspector, { offset: largeOffset, capacity: bytes, inspect }, release);
  }

  /** Stops all inspectors. Whoever waits for room or results is told so by an error. */
  close(): void {
    this.closed = true;
    for (const { reject } of this.waiting.splice(0)) reject(stopped());
    for (const inspector of this.inspectors) inspector.close();
  }

  // Engines do not give back all memory that a large content took, and of several processes each holds its rules and what is left.
  private async withRoom<T>(inspector: Inspector, bytes: number, work: () => Promise<T>): Promise<T> {
    this.lightMost ??= inspector.residentBytes;
    // With rules so many there is no bound that could be kept.
    if (this.lightMost > heavyBytes) return await work();
    try {
      return bytes > lightBytes && this.heldBytes() + costFactor * bytes > sharedBytes ? await this.alone(inspector, work) : await work();
    } finally {
      if (inspector.residentBytes > heavyBytes) await inspector.rest();
      inspector.wake();
    }
  }

  private async alone<T>(inspector: Inspector, work: () => Promise<T>): Promise<T> {
    this.isAlone = true;
    try {
      await Promise.all(this.inspectors.filter((other) => other !== inspector).map((other) => other.rest()));
      return await work();
    } finally {
      this.isAlone = false;
      this.leaveUnused(inspector);
      for (const other of this.inspectors) if (other !== inspector) other.wake();
    }
  }

  private heldBytes(): number {
    return this.inspectors.reduce((sum, inspector) => sum + inspector.residentBytes, residentBytes(process.pid));
  }

  // Those that hold nothing come again when the scan waits for them: a start costs as much as many small contents.
  private leaveUnused(kept: Inspector): void {
    const isUnused = (inspector: Inspector): boolean =>
      inspector !== kept && this.free.filter((one) => one.inspector === inspector).length === slotsPerInspector;
    for (const inspector of this.inspectors.filter(isUnused)) {
      this.inspectors = this.inspectors.filter((one) => one !== inspector);
      this.free = this.free.filter((one) => one.inspector !== inspector);
      inspector.close();
    }
  }

  // What an inspector takes to start is no sign that there are too few.
  private get readyAt(): number {
    return Math.max(...this.inspectors.map(({ readyAt }) => readyAt));
  }

  private growOnce(): void {
    if (this.isAlone || this.closed || this.inspectors.length >= this.size) return;
    try {
      this.grow();
    } catch {
      // Without room for one more the scan goes on with those there are.
    }
  }

  private grow(): void {
    const inspector = new Inspector(this.options);
    if (this.recipes !== undefined) inspector.open(this.recipes);
    inspector.start();
    this.inspectors.push(inspector);
    this.waitedMs = 0;
    for (let index = 0; index < slotsPerInspector; index += 1) {
      this.giveOn(this.slotOf(inspector, transferHeader + index * slotBytes));
    }
  }

  private slotOf(inspector: Inspector, offset: number): FreeSlot {
    const free: FreeSlot = {
      inspector,
      make: () => slotIn(inspector, { offset, capacity: slotBytes, inspect: (items) => inspector.inspect(items) }, () => this.giveOn(free)),
    };
    return free;
  }

  private giveOn(free: FreeSlot): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free.push(free);
    else next.resolve(free.make());
  }
}

interface FreeSlot {
  readonly inspector: Inspector;
  make(): Slot;
}

function bytesOf(items: readonly InspectItem[]): number {
  return items.reduce((sum, { length }) => sum + length, 0);
}

interface SlotPlace {
  readonly offset: number;
  readonly capacity: number;
  inspect(items: readonly InspectItem[]): Promise<readonly ItemResult[]>;
}

function slotIn({ file }: Inspector, place: SlotPlace, release: () => void): Slot {
  const { offset, capacity } = place;
  return {
    capacity,
    release,
    write: (bytes, position) => file.write(bytes, offset + position),
    read: (position, length, room) => file.read(offset + position, length, room),
    async submit(items) {
      try {
        return await place.inspect(items.map((item) => ({ ...item, at: item.at + offset })));
      } finally {
        release();
      }
    },
  };
}
