import type { Sql, SqlRow } from '../drivers/sql.ts';
import { numbersIn } from './scope-images.ts';
import { seenTime } from './seen.ts';
import { tallyOf } from './tally.ts';

/**
 * What the images of an account have, held in memory: which samples, and how many findings by time, severity and standing. Lists over a part of all images cannot
 * be counted beforehand, and reading millions of rows for each would be slow.
 */
export interface ShareBook {
  /** Groups of findings, by the time they were seen last, then by image. */
  readonly groups: readonly FindingGroup[];
  /** What the groups have, one after the other. */
  readonly line: GroupLine;
  /** Ids of samples by their places in the book, which are dense. */
  readonly sampleIds: readonly number[];
  /** How bad samples are, by their places; see `rankOf`. */
  readonly severities: readonly number[];
  /** The place of a sample; undefined for one that no image ever had. */
  placeOf(sampleId: number): number | undefined;
}

/** In one piece of memory each, since lists go through all of it. */
export interface GroupLine {
  /** Of each group, numbers of findings at `countPlace` of their severity and standing; `countWidth` a group. */
  readonly counts: Int32Array;
  /** Where in what follows each group begins; one more for the end. */
  readonly starts: Uint32Array;
  /** Samples that the group's image had then for the last time, by their places in the book; each pair of image and sample stands here once. */
  readonly places: Uint32Array;
  /** The best state of the sample in the image (3 open, 2 allowed, 1 fixed), and when it was seen there first. */
  readonly bests: Uint8Array;
  readonly firsts: Float64Array;
}

/** Findings of an image that were seen last at the same time. */
export interface FindingGroup {
  readonly imageKey: number;
  readonly seen: number;
  /** The same as it is stored with the findings. */
  readonly stored: number;
  readonly total: number;
  /** As in `GroupLine`. */
  readonly counts: Int32Array;
  readonly places: Uint32Array;
  readonly bests: Uint8Array;
  readonly firsts: Float64Array;
}

const standingsCount = 5;
const severitiesCount = 5;
export const countWidth = severitiesCount * standingsCount;

export function countPlace(severity: number, standing: number): number {
  return severity * standingsCount + standing;
}

export interface ShareBooks {
  /** The book of an account as it is now; undefined where it would be too large. */
  open(accountId: string): Promise<ShareBook | undefined>;
}

/** Findings of all books together, at most: each costs up to 40 bytes. The book opened least recently goes first. */
const mostFindings = 5_000_000;
/** Images read at once. */
const together = 500;
/** From more changed images on, all samples are asked for. */
const fewImages = 100;

/** Books that follow the store. Only for reading outside of transactions. */
export function createShareBooks(sql: Sql): ShareBooks {
  const books = new Map<string, { readonly book: Book; readonly findings: number }>();
  return {
    open: async (accountId) => {
      const findings = await tallyOf(sql, accountId, 'finding');
      if (findings > mostFindings) return undefined;
      const book = books.get(accountId)?.book ?? new Book(sql, accountId);
      books.delete(accountId);
      books.set(accountId, { book, findings });
      let sum = [...books.values()].reduce((total, each) => total + each.findings, 0);
      for (const [oldest, each] of books) {
        if (sum <= mostFindings) break;
        books.delete(oldest);
        sum -= each.findings;
      }
      await book.follow();
      return book;
    },
  };
}

interface ChangedRow {
  readonly image_key: number;
  readonly number: number;
  readonly seen_at: number | null;
  readonly samples: string | null;
  readonly groups: string | null;
}

class Book implements ShareBook {
  line: GroupLine = lineOf([]);
  readonly sampleIds: number[] = [];
  readonly severities: number[] = [];
  groups: readonly FindingGroup[] = [];
  private readonly sql: Sql;
  private readonly accountId: string;
  private readonly ofImages = new Map<number, readonly FindingGroup[]>();
  private readonly places = new Map<number, number>();
  private number = 0;
  private following: Promise<void> = Promise.resolve();

  constructor(sql: Sql, accountId: string) {
    this.sql = sql;
    this.accountId = accountId;
  }

  placeOf(sampleId: number): number | undefined {
    return this.places.get(sampleId);
  }

  /** Takes over what has changed. One after the other, since a change is read in several steps. */
  follow(): Promise<void> {
    this.following = this.following.then(
      () => this.takeChanges(),
      () => this.takeChanges(),
    );
    return this.following;
  }

  private async takeChanges(): Promise<void> {
    const changed = new Set<number>();
    for (;;) {
      const rows = await this.sql.all<ChangedRow>(changes, [this.accountId, this.number, together]);
      for (const row of rows) {
        this.number = row.number;
        changed.add(row.image_key);
        this.take(row);
      }
      if (rows.length < together) break;
    }
    if (changed.size === 0) return;
    await this.takeSeverities(changed);
    const added = [...changed].flatMap((key) => this.ofImages.get(key) ?? []).sort(byTime);
    this.groups = merged(
      this.groups.filter((group) => !changed.has(group.imageKey)),
      added,
    );
    this.line = lineOf(this.groups);
  }

  // Whatever changes how bad a sample is, changes an image that has it.
  private async takeSeverities(changed: ReadonlySet<number>): Promise<void> {
    const take = async (text: string, values: SqlRow): Promise<void> => {
      for (const number of await numbersIn(this.sql, text, values)) {
        const place = this.places.get(Math.floor(number / 8));
        if (place !== undefined) this.severities[place] = number % 8;
      }
    };
    if (changed.size > fewImages)
      return take('SELECT s.id * 8 + s.severity AS number FROM sample s INDEXED BY sample_severity WHERE s.account_id = ?', [this.accountId]);
    for (const imageKey of changed)
      await take(
        'SELECT s.id * 8 + s.severity AS number FROM image_sample p CROSS JOIN sample s WHERE p.account_id = ? AND p.image_key = ? AND s.id = p.sample_id',
        [this.accountId, imageKey],
      );
  }

  private take({ image_key: imageKey, seen_at: seenAt, samples, groups }: ChangedRow): void {
    if (seenAt === null) {
      this.ofImages.delete(imageKey);
      return;
    }
    const numbers = numbersOf(samples);
    const placesOf = new Map<number, Shares>();
    for (let at = 0; at < numbers.length; at += 4) {
      const [id = 0, best = 0, first = 0, last = 0] = numbers.subarray(at, at + 4);
      const shares = placesOf.get(last) ?? { places: [], bests: [], firsts: [] };
      placesOf.set(last, shares);
      shares.places.push(this.place(id));
      shares.bests.push(best);
      shares.firsts.push(first);
    }
    this.ofImages.set(imageKey, groupsOf({ imageKey, seenAt, placesOf }, numbersOf(groups)));
  }

  private place(sampleId: number): number {
    const known = this.places.get(sampleId);
    if (known !== undefined) return known;
    this.places.set(sampleId, this.sampleIds.length);
    return this.sampleIds.push(sampleId) - 1;
  }
}

// As one text for each image, since a row for each number would cost ten times as much to read.
const changes = `SELECT c.image_key, c.number, i.seen_at,
    (SELECT group_concat(p.sample_id || ' ' || p.best || ' ' || p.first_seen || ' ' || p.last_seen, ' ') FROM image_sample p
      WHERE p.account_id = c.account_id AND p.image_key = c.image_key) AS samples,
    (SELECT group_concat(g.last_seen || ' ' || g.severity || ' ' || g.standing || ' ' || g.total, ' ') FROM finding_group g
      WHERE g.account_id = c.account_id AND g.image_key = c.image_key) AS groups
  FROM image_change c LEFT JOIN image i ON i.image_key = c.image_key WHERE c.account_id = ? AND c.number > ? ORDER BY c.number LIMIT ?`;

function numbersOf(text: string | null): Float64Array {
  return text === null ? new Float64Array(0) : Float64Array.from(text.split(' '), Number);
}

interface Shares {
  readonly places: number[];
  readonly bests: number[];
  readonly firsts: number[];
}

interface GroupedImage {
  readonly imageKey: number;
  readonly seenAt: number;
  /** Its samples by the stored time at which they were seen last. */
  readonly placesOf: ReadonlyMap<number, Shares>;
}

function groupsOf({ imageKey, seenAt, placesOf }: GroupedImage, numbers: Float64Array): readonly FindingGroup[] {
  const groups = new Map<number, { readonly counts: Int32Array; total: number }>();
  for (let at = 0; at < numbers.length; at += 4) {
    const [stored = 0, severity = 0, standing = 0, total = 0] = numbers.subarray(at, at + 4);
    const group = groups.get(stored) ?? { counts: new Int32Array(countWidth), total: 0 };
    groups.set(stored, group);
    group.counts[countPlace(severity, standing)] = total;
    group.total += total;
  }
  return [...groups]
    .map(([stored, { counts, total }]) => ({
      imageKey,
      stored,
      seen: seenTime(stored, seenAt),
      counts,
      total,
      places: Uint32Array.from(placesOf.get(stored)?.places ?? []),
      bests: Uint8Array.from(placesOf.get(stored)?.bests ?? []),
      firsts: Float64Array.from(placesOf.get(stored)?.firsts ?? []),
    }))
    .sort(byTime);
}

function lineOf(groups: readonly FindingGroup[]): GroupLine {
  const starts = new Uint32Array(groups.length + 1);
  for (const [index, { places }] of groups.entries()) starts[index + 1] = (starts[index] as number) + places.length;
  const length = starts[groups.length] as number;
  const line = {
    starts,
    counts: new Int32Array(groups.length * countWidth),
    places: new Uint32Array(length),
    bests: new Uint8Array(length),
    firsts: new Float64Array(length),
  };
  for (const [index, { counts, places, bests, firsts }] of groups.entries()) {
    line.counts.set(counts, index * countWidth);
    line.places.set(places, starts[index]);
    line.bests.set(bests, starts[index]);
    line.firsts.set(firsts, starts[index]);
  }
  return line;
}

function byTime(left: FindingGroup, right: FindingGroup): number {
  return left.seen - right.seen || left.imageKey - right.imageKey || left.stored - right.stored;
}

function merged(left: readonly FindingGroup[], right: readonly FindingGroup[]): readonly FindingGroup[] {
  const all: FindingGroup[] = [];
  let next = 0;
  for (const group of left) {
    for (let other = right[next]; other !== undefined && byTime(other, group) < 0; other = right[next]) {
      all.push(other);
      next += 1;
    }
    all.push(group);
  }
  return [...all, ...right.slice(next)];
}
