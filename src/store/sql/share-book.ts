import type { Sql, SqlRow } from '../drivers/sql.ts';
import { numbersIn } from './scope-images.ts';
import { seenTime } from './seen.ts';
import { tallyOf } from './tally.ts';

/**
 * What the images of an account have, held in memory: which samples, and how many findings by time, severity and standing. Lists over a part of all images cannot
 * be counted beforehand, and reading millions of rows for each would be slow.
 */
export interface ShareBook {
  readonly images: ReadonlyMap<number, ImageShare>;
  /** Groups of findings, by the time they were seen last, then by image. */
  readonly groups: readonly FindingGroup[];
  /** Ids of samples by their places in the book, which are dense. */
  readonly sampleIds: readonly number[];
  /** How bad samples are, by their places; see `rankOf`. */
  readonly severities: readonly number[];
  /** The place of a sample; undefined for one that no image ever had. */
  placeOf(sampleId: number): number | undefined;
}

export interface ImageShare {
  readonly imageKey: number;
  /** Its samples by their places in the book. */
  readonly places: Uint32Array;
  /** Of each sample: the best state (3 open, 2 allowed, 1 fixed), and when it was seen first. */
  readonly bests: Uint8Array;
  readonly firsts: Float64Array;
  readonly groups: readonly FindingGroup[];
}

/** Findings of an image that were seen last at the same time. */
export interface FindingGroup {
  readonly imageKey: number;
  readonly seen: number;
  /** The same as it is stored with the findings. */
  readonly stored: number;
  readonly total: number;
  /** Numbers of findings at `countPlace` of their severity and standing. */
  readonly counts: Int32Array;
  /** Samples that the image had then for the last time, by their places. */
  readonly places: Uint32Array;
}

const standingsCount = 5;
const severitiesCount = 5;

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
  readonly images = new Map<number, ImageShare>();
  readonly sampleIds: number[] = [];
  readonly severities: number[] = [];
  groups: readonly FindingGroup[] = [];
  private readonly sql: Sql;
  private readonly accountId: string;
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
    const added = [...changed].flatMap((key) => this.images.get(key)?.groups ?? []).sort(byTime);
    this.groups = merged(
      this.groups.filter((group) => !changed.has(group.imageKey)),
      added,
    );
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
      this.images.delete(imageKey);
      return;
    }
    const numbers = numbersOf(samples);
    const places = new Uint32Array(numbers.length / 4);
    const placesOf = new Map<number, number[]>();
    for (let index = 0; index < places.length; index++) {
      const place = this.place(numbers[index * 4] as number);
      places[index] = place;
      const last = numbers[index * 4 + 3] as number;
      const others = placesOf.get(last);
      if (others === undefined) placesOf.set(last, [place]);
      else others.push(place);
    }
    this.images.set(imageKey, {
      imageKey,
      places,
      bests: Uint8Array.from(places, (_, index) => numbers[index * 4 + 1] as number),
      firsts: Float64Array.from(places, (_, index) => numbers[index * 4 + 2] as number),
      groups: groupsOf({ imageKey, seenAt, placesOf }, numbersOf(groups)),
    });
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

interface GroupedImage {
  readonly imageKey: number;
  readonly seenAt: number;
  /** Places of samples by the stored time at which they were seen last. */
  readonly placesOf: ReadonlyMap<number, readonly number[]>;
}

function groupsOf({ imageKey, seenAt, placesOf }: GroupedImage, numbers: Float64Array): readonly FindingGroup[] {
  const groups = new Map<number, { readonly counts: Int32Array; total: number }>();
  for (let at = 0; at < numbers.length; at += 4) {
    const [stored = 0, severity = 0, standing = 0, total = 0] = numbers.subarray(at, at + 4);
    const group = groups.get(stored) ?? { counts: new Int32Array(severitiesCount * standingsCount), total: 0 };
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
      places: Uint32Array.from(placesOf.get(stored) ?? []),
    }))
    .sort(byTime);
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
