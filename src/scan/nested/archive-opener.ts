import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Detection } from '#domain/detection.ts';
import type { Limits } from '#domain/limits.ts';
import { outerInside, pathInside } from '#domain/nested-path.ts';
import { displayPath } from '#domain/path.ts';
import type { ByteSource, Format, Found, OpenLimits } from '#formats/format.ts';
import type { ContentMember, OpenOutcome, Store } from '#store/store.ts';
import type { Budget } from '../budget.ts';
import type { Opener } from '../engine-set.ts';
import type { Recorder } from '../recorder.ts';

/** An archive whose bytes are at hand. */
export interface ArchiveBytes {
  readonly sha256: string;
  readonly format: Format;
  readonly source: ByteSource;
  /** Why its bytes are not all there; ''. */
  readonly failure: string;
  release(): void;
}

/** Where a member of an archive was met, for those who judge it. */
export interface MemberPlace {
  readonly opening: Opening;
  readonly ordinal: number;
  /** Display path of the first place where it was met. */
  readonly at: string;
  /** Raw path inside its archive, for rules that read the path. */
  readonly path: string;
}

/** What became of a member that was taken in. */
export interface TakenMember {
  /** '' where it was too large to be hashed. */
  readonly sha256: string;
  readonly size: number;
  readonly archive: ArchiveBytes | undefined;
  /** Why it was not, or not fully, looked at. */
  readonly skipped: string | undefined;
}

export type MemberFile = Exclude<Found, { readonly skipped: string }>;

export interface OpenerOptions {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly opener: Opener;
  readonly limits: Limits;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** Hashes a member and sees that it is judged. */
  readonly take: (place: MemberPlace, file: MemberFile) => Promise<TakenMember>;
  /** Whether an engine gave up on a content. Only asked when all was judged. */
  readonly isLost: (sha256: string) => boolean;
}

/** Where an archive lies. */
interface Level {
  /** Display path of its first place. */
  readonly at: string;
  /** How many archives may be opened inside each other from here on. */
  readonly levels: number;
  /** The archives it lies in. */
  readonly chain: ReadonlySet<string>;
  /** The time that the outermost archive has taken, with all in it. */
  readonly watch: Stopwatch;
}

interface Reason {
  readonly path: string;
  readonly reason: string;
}

/** An archive that was opened in this scan, or is known from an earlier one. */
export class Opening {
  readonly sha256: string;
  readonly size: number;
  members: ContentMember[] = [];
  detections: { readonly ordinal: number; readonly engine: string; readonly detections: readonly Detection[] }[] = [];
  inside: Opening[] = [];
  skipped: Reason[] = [];
  more = 0;
  /** Letters of the reasons. */
  letters = 0;
  levels = -1;
  height = 1;
  /** Whether something in it was not judged, or not even seen, for a reason that may not hold the next time. */
  isIncomplete = false;
  private whole: boolean | undefined;

  constructor(sha256: string, size: number) {
    this.sha256 = sha256;
    this.size = size;
  }

  skip(path: string, reason: string): void {
    if (this.skipped.length >= mostReasons) {
      this.more += 1;
      return;
    }
    const told = { path: shortened(path), reason };
    this.letters += told.path.length + reason.length;
    this.skipped.push(told);
  }

  /** All that was skipped in it. */
  reasons(): readonly Reason[] {
    return this.more === 0 ? this.skipped : [...this.skipped, { path: '', reason: `${this.more} more inside were skipped and are not listed` }];
  }

  /** Whether it is not incomplete at any depth. Only asked when all that is in it was judged. */
  isWhole(): boolean {
    this.whole ??= !this.isIncomplete && this.inside.every((one) => one.isWhole());
    return this.whole;
  }

  /** Forgets what was recorded: what it has to say to later ones stays. */
  forget(): void {
    this.members = [];
    this.detections = [];
    this.inside = [];
  }

  /** Whether it says all there is to say where so many archives may be opened inside each other. */
  serves(levels: number): boolean {
    return this.levels < 0 ? this.height <= levels : this.levels === levels;
  }
}

/** Reasons that are kept of one archive, with all that is inside it. */
const mostReasons = 100;
/** Archives that are remembered, and letters of their reasons. */
const remembered = 50_000;
const rememberedLetters = 32 * 1024 * 1024;
/** Letters that weigh as much as a row. */
const rowLetters = 1000;
/** How long the opening may keep others from their turn, ms. */
const turnMs = 20;

/**
 * Opens archives, and the archives in them, one after the other. An archive whose content is known, because it lay somewhere before in this
 * scan or in an earlier one, is not opened again.
 */
export class ArchiveOpener {
  private readonly options: OpenerOptions;
  private readonly bounds: OpenLimits;
  private readonly known = new Map<string, Opening[]>();
  private knownLetters = 0;
  private held: Opening[] = [];
  private turn = performance.now();
  /** Archives opened. */
  opened = 0;
  /** Rows that wait until what they tell of is judged. */
  heldRows = 0;
  /** Whether an archive was left for a reason that may not hold the next time. */
  isIncomplete = false;

  constructor(options: OpenerOptions) {
    const { archiveEntries, archiveBytes, archiveRatio, ratioGraceBytes, pathBytes, headerBytes } = options.limits;
    this.options = options;
    this.bounds = { entries: archiveEntries, bytes: archiveBytes, ratio: archiveRatio, graceBytes: ratioGraceBytes, pathBytes, headerBytes };
  }

  /** Whether an outermost archive is known from this scan, so that its bytes are not needed. */
  knows(sha256: string): boolean {
    return this.remembers(sha256, this.options.opener.depth) !== undefined;
  }

  /** Reads from the store what is known of these archives. */
  async recall(sha256s: readonly string[]): Promise<void> {
    const { store, opener } = this.options;
    for (const [sha256, outcomes] of await store.nested.find(sha256s, opener.judged))
      for (const outcome of outcomes) this.remember(fromOutcome(sha256, outcome));
  }

  /** Opens a file that is an archive, or recalls it. Gives what was skipped in it, with display paths. */
  async open(archive: ArchiveBytes | string, at: string): Promise<readonly Reason[]> {
    const { depth } = this.options.opener;
    const opening =
      typeof archive === 'string'
        ? this.remembers(archive, depth)
        : await this.openOnce(archive, { at, levels: depth, chain: new Set(), watch: new Stopwatch() });
    return (opening?.reasons() ?? []).map(({ path, reason }) => ({ path: path === '' ? at : pathInside(at, path), reason }));
  }

  /** Records what was opened. All members must have been judged, or given up, before. */
  record(): void {
    const { recorder, opener, isLost } = this.options;
    // A content that lies in several archives was sent once: when it was lost, it was lost in all of them.
    for (const opening of this.held) opening.isIncomplete ||= opening.members.some(({ sha256 }) => isLost(sha256));
    for (const opening of this.held) {
      const { sha256, size, members, detections, levels, height } = opening;
      const isWhole = opening.isWhole();
      this.isIncomplete ||= !isWhole;
      const outcome = isWhole ? { key: opener.judged, levels, height, skipped: opening.reasons() } : undefined;
      recorder.archive({ sha256, size, opener: opener.members, members, detections, outcome });
    }
    for (const opening of this.held) opening.forget();
    this.held = [];
    this.heldRows = 0;
  }

  // ------------------------------------------------------------ one archive

  private async openOnce(archive: ArchiveBytes, place: Level): Promise<Opening> {
    const { sha256, format, source } = archive;
    const { levels, chain } = place;
    const opening = new Opening(sha256, source.size);
    if (chain.has(sha256)) return skipping(opening, 'it holds itself, and is not opened again');
    const known = this.remembers(sha256, levels) ?? (chain.size > 0 ? await this.ask(sha256, levels) : undefined);
    if (known !== undefined) return known;
    if (format.open === undefined) return skipping(opening, `${format.name} archives are not opened`);
    if (levels <= 0) return tooDeep(opening, this.options.opener.depth);
    if (archive.failure !== '') return this.leave(skipping(opening, archive.failure));
    if (!this.options.budget.takeNested(0, 1)) return this.leave(opening);
    this.opened += 1;
    await this.readAll(opening, archive, { ...place, chain: new Set([...chain, sha256]) });
    this.held.push(opening);
    this.heldRows += 1 + opening.members.length + Math.ceil(opening.letters / rowLetters);
    this.remember(opening);
    return opening;
  }

  private async readAll(opening: Opening, archive: ArchiveBytes, place: Level): Promise<void> {
    const { budget, limits, signal } = this.options;
    const { watch } = place;
    const isLate = (): boolean => watch.ms > limits.archiveSeconds * 1000 || signal.aborted;
    const members = archive.format.open?.(archive.source, { ...this.bounds, isLate }) ?? nothing();
    let ordinal = 0;
    for await (const found of this.guarded(members, watch, (reason) => opening.skip('', reason))) {
      let bytes = 0;
      if ('skipped' in found) {
        if (!isLate()) opening.skip(shown(found.path), found.skipped);
      } else {
        const onTrouble = (reason: string): void => opening.skip(shown(found.path), reason);
        const file = 'bytes' in found ? found : { ...found, stream: this.guarded(found.stream, watch, onTrouble) };
        bytes = await this.takeMember(opening, file, { ...place, ordinal });
      }
      ordinal += 1;
      if (isLate()) {
        opening.skip('', `opening it took longer than ${limits.archiveSeconds} s; the rest of it was not looked at`);
        return void this.leave(opening);
      }
      if (!budget.takeNested(bytes, 1)) return void this.leave(opening);
    }
    if (isLate()) this.leave(opening);
  }

  // Formats do not throw. Where one does all the same, by a fault of its own or of the disk, that costs its archive and nothing else.
  private async *guarded<T>(items: AsyncIterable<T>, watch: Stopwatch, onTrouble: (reason: string) => void): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]();
    const next = async (): Promise<IteratorResult<T>> => {
      try {
        return await watch.time(() => iterator.next());
      } catch (error) {
        onTrouble(`it could not be opened: ${error instanceof Error ? error.message : String(error)}`);
        return { done: true, value: undefined };
      }
    };
    try {
      for (let one = await next(); one.done !== true; one = await next()) {
        await this.breathe();
        yield one.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  private async takeMember(opening: Opening, file: MemberFile, place: Level & { readonly ordinal: number }): Promise<number> {
    const { path } = file;
    const { ordinal } = place;
    const at = shortened(pathInside(place.at, shown(path)));
    const taken = await this.options.take({ opening, ordinal, at, path: path === '' ? (file.said ?? 'content') : path }, file);
    if (taken.skipped !== undefined) opening.skip(shown(path), taken.skipped);
    if (taken.sha256 === '') return 0;
    opening.members.push({ path, ordinal, sha256: taken.sha256, size: taken.size });
    const { archive } = taken;
    if (archive === undefined) return taken.size;
    try {
      const inside = await this.openOnce(archive, {
        at: shortened(outerInside(place.at, shown(path))),
        levels: place.levels - 1,
        chain: place.chain,
        watch: place.watch,
      });
      opening.inside.push(inside);
      if (inside.levels >= 0) opening.levels = place.levels;
      opening.height = Math.max(opening.height, inside.height + 1);
      for (const { path: deeper, reason } of inside.reasons()) opening.skip(insideOf(shown(path), deeper), reason);
    } finally {
      archive.release();
    }
    return taken.size;
  }

  // It will be opened again the next time.
  private leave(opening: Opening): Opening {
    this.isIncomplete = true;
    opening.isIncomplete = true;
    return opening;
  }

  // ------------------------------------------------------------ what is known

  private remembers(sha256: string, levels: number): Opening | undefined {
    return this.known.get(sha256)?.find((opening) => opening.serves(levels));
  }

  private async ask(sha256: string, levels: number): Promise<Opening | undefined> {
    await this.recall([sha256]);
    return this.remembers(sha256, levels);
  }

  private remember(opening: Opening): void {
    this.knownLetters += opening.letters;
    if (this.known.size >= remembered || this.knownLetters > rememberedLetters) {
      this.known.clear();
      this.knownLetters = opening.letters;
    }
    this.known.set(opening.sha256, [...(this.known.get(opening.sha256) ?? []), opening]);
  }

  private async breathe(): Promise<void> {
    const { signal } = this.options;
    signal.throwIfAborted();
    if (performance.now() - this.turn < turnMs) return;
    await nextTurn();
    this.turn = performance.now();
    signal.throwIfAborted();
  }
}

/** Adds up the time of what it is told to wait for, and of what is under way. */
class Stopwatch {
  private done = 0;
  private since: number | undefined;

  get ms(): number {
    return this.done + (this.since === undefined ? 0 : performance.now() - this.since);
  }

  async time<T>(work: () => Promise<T>): Promise<T> {
    const since = performance.now();
    this.since = since;
    try {
      return await work();
    } finally {
      this.since = undefined;
      this.done += performance.now() - since;
    }
  }
}

async function* nothing(): AsyncGenerator<Found> {}

function skipping(opening: Opening, reason: string): Opening {
  opening.skip('', reason);
  opening.height = 0;
  return opening;
}

function tooDeep(opening: Opening, depth: number): Opening {
  opening.levels = 0;
  return skipping(opening, `it lies more than ${depth} archives deep and was not opened`);
}

function fromOutcome(sha256: string, { levels, height, skipped }: OpenOutcome): Opening {
  const opening = new Opening(sha256, 0);
  opening.levels = levels;
  opening.height = height;
  opening.skipped = [...skipped];
  opening.letters = skipped.reduce((sum, { path, reason }) => sum + path.length + reason.length, 0);
  return opening;
}

// Of what a packed stream holds, trouble is the stream's own.
function insideOf(member: string, deeper: string): string {
  if (member === '') return deeper;
  return deeper === '' ? member : pathInside(member, deeper);
}

// Names of the greatest length in each of several levels would fill the memory, since each is told with all that lies inside.
function shortened(path: string): string {
  return path.length <= longestShown ? path : `${path.slice(0, longestShown)}…`;
}

const longestShown = 4096;

function shown(path: string): string {
  return displayPath(path).slice(1);
}
