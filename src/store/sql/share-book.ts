import type { Sql, SqlRow } from '../drivers/sql.ts';
import { countPlace, countWidth } from './alike.ts';
import { GroupTable, type NewGroup } from './group-table.ts';
import { createSlots } from './image-slots.ts';
import { numbersIn } from './number-lists.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { seenTime } from './seen.ts';
import { createTagBook, type TagBook } from './tag-book.ts';
import { tallyOf } from './tally.ts';

/**
 * What the images of an account have, held in memory: which samples, and how many findings by time, severity and standing. Lists over a part of all images cannot
 * be counted beforehand, and reading millions of rows for each would be slow.
 */
export interface ShareBook {
  readonly table: GroupTable;
  readonly scratch: Scratch;
  /** Samples by their places in the book, which are dense. */
  readonly samples: SampleColumns;
  /** The place of a sample; undefined for one that no image ever had. */
  placeOf(sampleId: number): number | undefined;
  /** Which images a tag ever named, as of now. */
  tags(): Promise<TagBook>;
  /** Marks of all images, by their places. */
  allImages(): Uint8Array;
  /** Marks of these. */
  mark(imageKeys: readonly number[]): Uint8Array;
}

interface SampleColumns {
  readonly ids: readonly number[];
  /** How bad they are; see `rankOf`. */
  readonly severities: readonly number[];
  readonly nameIds: readonly number[];
}

export interface ShareBooks {
  /** The book of an account as it is now; undefined where it would be too large. */
  open(accountId: string): Promise<ShareBook | undefined>;
}

/** Findings of all books together, at most: each costs up to 50 bytes. The book opened least recently goes first. */
const mostFindings = 5_000_000;
/** Images read at once. */
const together = 500;
/** From more changed images on, all samples are asked for. */
const fewImages = 100;

/** Books that follow the store. Only for reading outside of transactions. `prepare` is run over each book when it is first opened. */
export function createShareBooks(sql: Sql, prepare: (book: ShareBook) => Promise<void>): ShareBooks {
  const books = new Map<string, { readonly book: Book; readonly findings: number }>();
  return {
    open: async (accountId) => {
      const findings = await tallyOf(sql, accountId, 'finding');
      if (findings > mostFindings) return undefined;
      const known = books.get(accountId)?.book;
      const book = known ?? new Book(sql, accountId);
      books.delete(accountId);
      books.set(accountId, { book, findings });
      let sum = [...books.values()].reduce((total, each) => total + each.findings, 0);
      for (const [oldest, each] of books) {
        if (sum <= mostFindings) break;
        books.delete(oldest);
        sum -= each.findings;
      }
      await book.follow();
      if (known === undefined) await prepare(book);
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
  readonly table = new GroupTable();
  readonly scratch = createScratch();
  readonly samples = { ids: [] as number[], severities: [] as number[], nameIds: [] as number[] };
  private readonly sql: Sql;
  private readonly accountId: string;
  private readonly places = new Map<number, number>();
  private readonly slots = createSlots();
  private readonly tagBook: TagBook;
  private number = 0;
  private following: Promise<void> = Promise.resolve();

  constructor(sql: Sql, accountId: string) {
    this.sql = sql;
    this.accountId = accountId;
    this.tagBook = createTagBook(sql, accountId, this.slots);
  }

  placeOf(sampleId: number): number | undefined {
    return this.places.get(sampleId);
  }

  async tags(): Promise<TagBook> {
    await this.tagBook.follow();
    return this.tagBook;
  }

  allImages(): Uint8Array {
    const marks = this.slots.marks().fill(1);
    marks[0] = 0;
    return marks;
  }

  mark(imageKeys: readonly number[]): Uint8Array {
    const marks = this.slots.marks();
    for (const key of imageKeys) {
      const slot = this.slots.find(key);
      if (slot !== undefined) marks[slot] = 1;
    }
    return marks;
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
    await this.takeFacts(changed);
    this.table.settle(this.samples.ids.length);
  }

  // Whatever changes how bad a sample is, or its name, changes an image that has it.
  private async takeFacts(changed: ReadonlySet<number>): Promise<void> {
    const take = async (from: string, values: SqlRow): Promise<void> => {
      const numbers = await numbersIn(this.sql, `SELECT s.id AS number, s.severity AS severity, s.name_id AS name ${from}`, values, ['severity', 'name']);
      for (let at = 0; at < numbers.length; at += 3) {
        const place = this.places.get(numbers[at] as number);
        if (place === undefined) continue;
        this.samples.severities[place] = numbers[at + 1] as number;
        this.samples.nameIds[place] = numbers[at + 2] as number;
      }
    };
    if (changed.size > fewImages) return take('FROM sample s INDEXED BY sample_name WHERE s.account_id = ?', [this.accountId]);
    for (const imageKey of changed)
      await take('FROM image_sample p CROSS JOIN sample s WHERE p.account_id = ? AND p.image_key = ? AND s.id = p.sample_id', [this.accountId, imageKey]);
  }

  private take({ image_key: key, seen_at: seenAt, samples, groups }: ChangedRow): void {
    const slot = this.slots.take(key);
    if (seenAt === null) {
      this.table.replace({ key, slot }, []);
      return;
    }
    const numbers = numbersOf(samples);
    const pairsOf = new Map<number, GrowingPairs>();
    for (let at = 0; at < numbers.length; at += 5) {
      const [id = 0, best = 0, first = 0, last = 0, alike = 0] = numbers.subarray(at, at + 5);
      const pairs = pairsOf.get(last) ?? { places: [], bests: [], firsts: [], alikes: [] };
      pairsOf.set(last, pairs);
      pairs.places.push(this.place(id));
      pairs.bests.push(best);
      pairs.firsts.push(first);
      pairs.alikes.push(alike);
    }
    this.table.replace({ key, slot }, groupsOf({ seenAt, pairsOf }, numbersOf(groups)));
  }

  private place(sampleId: number): number {
    const known = this.places.get(sampleId);
    if (known !== undefined) return known;
    const place = this.samples.ids.push(sampleId) - 1;
    this.samples.severities.push(0);
    this.samples.nameIds.push(0);
    this.places.set(sampleId, place);
    return place;
  }
}

// As one text for each image, since a row for each number would cost ten times as much to read.
const changes = `SELECT c.image_key, c.number, i.seen_at,
    (SELECT group_concat(p.sample_id || ' ' || p.best || ' ' || p.first_seen || ' ' || p.last_seen || ' ' || p.alike, ' ') FROM image_sample p
      WHERE p.account_id = c.account_id AND p.image_key = c.image_key) AS samples,
    (SELECT group_concat(g.last_seen || ' ' || g.severity || ' ' || g.standing || ' ' || g.total, ' ') FROM finding_group g
      WHERE g.account_id = c.account_id AND g.image_key = c.image_key) AS groups
  FROM image_change c LEFT JOIN image i ON i.image_key = c.image_key WHERE c.account_id = ? AND c.number > ? ORDER BY c.number LIMIT ?`;

function numbersOf(text: string | null): Float64Array {
  return text === null ? new Float64Array(0) : Float64Array.from(text.split(' '), Number);
}

interface GrowingPairs {
  readonly places: number[];
  readonly bests: number[];
  readonly firsts: number[];
  readonly alikes: number[];
}

interface GroupedImage {
  readonly seenAt: number;
  /** What it has of samples, by the stored time at which they were seen last. */
  readonly pairsOf: ReadonlyMap<number, GrowingPairs>;
}

function groupsOf({ seenAt, pairsOf }: GroupedImage, numbers: Float64Array): readonly NewGroup[] {
  const groups = new Map<number, { readonly counts: Int32Array; total: number }>();
  for (let at = 0; at < numbers.length; at += 4) {
    const [stored = 0, severity = 0, standing = 0, total = 0] = numbers.subarray(at, at + 4);
    const group = groups.get(stored) ?? { counts: new Int32Array(countWidth), total: 0 };
    groups.set(stored, group);
    group.counts[countPlace(severity, standing)] = total;
    group.total += total;
  }
  return [...groups].map(([stored, { counts, total }]) => {
    const pairs = pairsOf.get(stored) ?? { places: [], bests: [], firsts: [], alikes: [] };
    return { seen: seenTime(stored, seenAt), stored, total, counts, pairs };
  });
}
