import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { testFolder } from '../../../test/support/folder.ts';
import { finding, imageRecord, sha } from '../contract/samples.ts';
import { openStore } from '../index.ts';
import type { RepositoryConditions, RepositoryImageQuery, RepositoryQuery } from '../shapes/repositories.ts';
import type { ImageConditions, ImageQuery, Store, TextCondition } from '../store.ts';

const accountId = 'one';
/** More than are looked up one by one. */
const count = 420;
const address = 'r.example:5000';

// Names, tags, states and findings that many, some and few of the images have.
async function fill(store: Store): Promise<void> {
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: true };
  const registry = { accountId, kind: 'harbor', address, region: 'East', insecure: false, username: '', secret: '', policy, name: 'r' } as const;
  await store.registries.add(registry, 1);
  await store.transaction(async () => {
    for (let index = 0; index < count; index++) await fillImage(store, index);
  });
}

async function fillImage(store: Store, index: number): Promise<void> {
  const record = imageRecord(accountId, `i${index}`);
  const id = index % 60 === 7 ? `sha256:Odd-${index}` : `sha256:${sha(`id ${index}`)}`;
  const place = `${index % 3 === 0 ? `${address}/` : ''}team-${index % 4}/${index % 50 === 9 ? 'Rare' : 'app'}-${index % 37}`;
  const image = { ...record.image, id, digest: `sha256:${sha(`d${index}`)}`, created: new Date((index * 7919) % 1000).toISOString(), size: index % 11 };
  const saved = { ...record, image: { ...image, reference: `${place}:1.${index % 5}` }, local: index % 3 !== 0 };
  await store.images.save(saved, 1000 + (index % 90));
  // Some have a second tag elsewhere.
  if (index % 6 === 0) await store.images.save({ ...saved, image: { ...image, reference: `team-9/base:V${index % 4}` } }, 2000 + (index % 90));
  const findings = index % 4 === 0 ? [{ ...finding('p'), sha256: sha(`c${index % 9}`) }] : [];
  if (index % 5 !== 0) await store.images.setFindings(accountId, id, { findings, at: 3000, partial: false });
  const scan = { startedAt: 2000 + (index % 17), progress: 0, remainingSeconds: 0, error: '', complete: true, stats: undefined } as const;
  if (index % 5 !== 0) await store.images.setScan(accountId, id, { ...scan, state: index % 7 === 0 ? 'failed' : 'done', finishedAt: 3000 + (index % 13) });
}

interface Tag {
  readonly id: number;
  readonly repository_id: number;
  readonly registry_id: number;
  readonly namespace: string;
  readonly name: string;
  readonly tag: string;
  readonly image_key: number;
  readonly current: number;
  readonly last_seen: number;
  readonly digest: string;
}
type Row = Readonly<Record<'id' | 'reference' | 'scan_state', string>> &
  Readonly<Record<'image_key' | 'last_seen' | 'created_at' | 'size' | 'scan_time' | 'visible_findings' | 'hosts' | 'local' | 'scanned_at', number>>;
interface RepositoryFacts {
  readonly id: number;
  readonly last_seen: number;
  readonly name: string;
  readonly images: number;
  readonly infected: number;
}

/** All that lists are made from, as it lies in the database, and what they must give by going through all of it. */
class Plain {
  readonly images: readonly Row[];
  readonly tags: readonly Tag[];
  readonly repositories: readonly RepositoryFacts[];
  readonly #byKey: ReadonlyMap<number, Row>;

  constructor(database: DatabaseSync) {
    const read = <T>(text: string): readonly T[] => database.prepare(text).all(accountId) as unknown as readonly T[];
    this.images = read("SELECT *, coalesce(scan_state, 'never') AS scan_state FROM image WHERE account_id = ?");
    this.tags = read('SELECT t.*, r.namespace, r.name FROM repository_image t JOIN repository r ON r.id = t.repository_id WHERE t.account_id = ?');
    this.repositories = read('SELECT id, last_seen, name, images, infected FROM repository WHERE account_id = ?');
    this.#byKey = new Map(this.images.map((row) => [row.image_key, row]));
  }

  imageOf(tag: Tag): Row {
    return this.#byKey.get(tag.image_key) as Row;
  }

  hasImage(row: Row, asked: ImageConditions): boolean {
    const { ids, names, keywords, scanStates, infected, local, scanned, scope, every = [], some } = asked;
    return (
      fits(ids, row.id) &&
      fits(names, row.reference) &&
      fits(keywords, row.reference, row.id) &&
      (scanStates === undefined || (scanStates as readonly string[]).includes(row.scan_state)) &&
      (infected === undefined || row.visible_findings > 0 === infected) &&
      (local === undefined || (row.local === 1) === local) &&
      (scanned === undefined || row.scanned_at > 0 === scanned) &&
      (scope === undefined ||
        Object.keys(scope).length === 0 ||
        this.tags.some((tag) => tag.image_key === row.image_key && this.isIn(tag, scope) && fits(scope.tags, tag.tag))) &&
      every.every((one) => this.hasImage(row, one)) &&
      (some === undefined || some.some((one) => this.hasImage(row, one)))
    );
  }

  isIn(tag: Tag, { repositoryIds, registryIds, regions, namespaces, names }: NonNullable<ImageConditions['scope']>): boolean {
    return (
      (repositoryIds === undefined || repositoryIds.includes(tag.repository_id)) &&
      (registryIds === undefined || registryIds.includes(tag.registry_id)) &&
      (regions === undefined || (tag.registry_id === 1 && regions.includes('East'))) &&
      fits(namespaces, tag.namespace) &&
      fits(names, tag.name)
    );
  }

  hasTag(tag: Tag, query: Omit<RepositoryImageQuery, 'accountId'>): boolean {
    const image = this.imageOf(tag);
    return (
      (query.current === false || tag.current === 1) &&
      (query.ofRegistry === undefined || tag.registry_id > 0 === query.ofRegistry) &&
      this.isIn(tag, query) &&
      fits(query.tags, tag.tag) &&
      fits(query.idTexts, image.id) &&
      fits(query.digestTexts, tag.digest) &&
      (query.digests === undefined || query.digests.some((digest) => digest === tag.digest || digest === image.id)) &&
      (query.scanStates === undefined || (query.scanStates as readonly string[]).includes(image.scan_state)) &&
      (query.infected === undefined || image.visible_findings > 0 === query.infected) &&
      (query.latest !== true ||
        (tag.current === 1 && !this.tags.some((other) => other.current === 1 && other.repository_id === tag.repository_id && this.#isNewer(other, tag))))
    );
  }

  #isNewer(one: Tag, other: Tag): boolean {
    const made = this.imageOf(one).created_at - this.imageOf(other).created_at;
    return made > 0 || (made === 0 && one.id > other.id);
  }

  hasRepository(row: RepositoryFacts, asked: RepositoryConditions): boolean {
    const { ids, tags, imageIds, infected, every = [], some, ...places } = asked;
    const own = this.tags.filter((tag) => tag.repository_id === row.id);
    const now = own.filter((tag) => tag.current === 1);
    return (
      (ids === undefined || ids.includes(row.id)) &&
      own.some((tag) => this.isIn(tag, places)) &&
      (tags === undefined || now.some((tag) => fits(tags, tag.tag))) &&
      (imageIds === undefined || now.some((tag) => fits(imageIds, this.imageOf(tag).id))) &&
      (infected === undefined || row.infected > 0 === infected) &&
      every.every((one) => this.hasRepository(row, one)) &&
      (some === undefined || some.some((one) => this.hasRepository(row, one)))
    );
  }
}

function fits(condition: TextCondition | undefined, ...texts: readonly string[]): boolean {
  if (condition === undefined) return true;
  const { values, exact } = condition;
  return texts.some((text) => values.some((value) => (exact ? text === value : text.toLowerCase().includes(value.toLowerCase()))));
}

/** One page of rows that are ordered by some values. */
function pageOf<T>(
  rows: readonly T[],
  { offset, limit, order }: Paged,
  by: (row: T) => readonly (number | string)[],
): { readonly total: number; readonly rows: readonly T[] } {
  const sorted = rows.toSorted((left, right) => compare(by(left), by(right)) * (order === 'asc' ? 1 : -1));
  return { total: rows.length, rows: sorted.slice(offset, offset + limit) };
}

function compare(left: readonly (number | string)[], right: readonly (number | string)[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  if (at === -1) return 0;
  return (left[at] as number | string) < (right[at] as number | string) ? -1 : 1;
}

type Paged = Pick<ImageQuery, 'offset' | 'limit' | 'order'>;

const texts = [
  'a',
  'p',
  'P',
  '-',
  'app',
  'rare',
  'team',
  'team-2',
  '1.',
  '1.3',
  ':',
  'sha256',
  'sha256:',
  '7',
  'a7',
  'q',
  'hh',
  'odd',
  'Odd-67',
  'v',
  'v1',
  '',
  'qqzzqq',
  address,
  'base',
];
const wholes = ['team-1/app-1:1.1', 'app-1', 'team-1', '1.1', 'V0', 'v0', `sha256:${sha('id 3')}`, 'none'];
const text: fc.Arbitrary<TextCondition> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ values: fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 2 }), exact: fc.constant(false) }) },
  { weight: 1, arbitrary: fc.record({ values: fc.array(fc.constantFrom(...wholes), { maxLength: 2 }), exact: fc.constant(true) }) },
);
const scanStates = fc.constantFrom(['never'] as const, ['done'] as const, ['failed', 'never'] as const);
const places = { registryIds: fc.constantFrom([1], [0], [5]), regions: fc.constantFrom(['East'], ['none']), namespaces: text, names: text };

/** Up to two of the conditions, so that most lists have something. */
function few<T extends object>(conditions: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  const keys = Object.keys(conditions) as (keyof T)[];
  return fc
    .subarray(keys, { maxLength: 2 })
    .chain(
      (chosen) => fc.record(Object.fromEntries(chosen.map((key) => [key, conditions[key]])), { noNullPrototype: true }) as unknown as fc.Arbitrary<Partial<T>>,
    );
}

/** Conditions alone, all together, or one of several. */
function joined<C extends object>(one: fc.Arbitrary<C>): fc.Arbitrary<C | { readonly every: readonly C[] } | { readonly some: readonly C[] }> {
  const several = fc.array(one, { maxLength: 3 });
  return fc.oneof(
    { weight: 4, arbitrary: one },
    { weight: 2, arbitrary: several.map((every) => ({ every })) },
    { weight: 1, arbitrary: several.map((some) => ({ some })) },
  );
}

const scope = few({ ...places, repositoryIds: fc.constantFrom([1], [2, 3], [999]), tags: text });
const facts = { scanStates, infected: fc.boolean(), local: fc.boolean(), scanned: fc.boolean() };
const ofImages = joined<ImageConditions>(few({ ids: text, names: text, keywords: text, ...facts, scope }));
const ofTags = few({
  ...places,
  tags: text,
  idTexts: text,
  digestTexts: text,
  digests: fc.constantFrom([`sha256:${sha('d6')}`], [`sha256:${sha('id 9')}`, 'sha256:none']),
  scanStates,
  infected: fc.boolean(),
  latest: fc.constant(true),
  ofRegistry: fc.boolean(),
  current: fc.boolean(),
});
const ofRepositories = joined<RepositoryConditions>(few({ ...places, tags: text, imageIds: text, infected: fc.boolean(), ids: fc.constantFrom([1], [2, 3]) }));
const page = fc.record({
  offset: fc.constantFrom(0, 0, 3, 30, 100, 200, 300, 419, 500),
  limit: fc.constantFrom(0, 1, 10, 500),
  order: fc.constantFrom('asc', 'desc'),
});

const imageOrders = {
  lastSeen: (row: Row) => row.last_seen,
  created: (row: Row) => row.created_at,
  size: (row: Row) => row.size,
  name: (row: Row) => row.reference.toLowerCase(),
  scanTime: (row: Row) => row.scan_time,
  findings: (row: Row) => row.visible_findings,
  hosts: (row: Row) => row.hosts,
} as const satisfies Record<ImageQuery['by'], (row: Row) => number | string>;
const { hosts: _, ...tagOrders } = imageOrders;
const by = <T extends object>(orders: T): fc.Arbitrary<keyof T> => fc.constantFrom(...(Object.keys(orders) as (keyof T)[]));
const repositoryOrders = {
  lastSeen: (row: RepositoryFacts) => row.last_seen,
  name: (row: RepositoryFacts) => row.name.toLowerCase(),
  images: (row: RepositoryFacts) => row.images,
} as const satisfies Record<RepositoryQuery['by'], unknown>;

async function compareImages(
  store: Store,
  plain: Plain,
  asked: { readonly conditions: ImageConditions; readonly paged: Paged; readonly by: ImageQuery['by'] },
): Promise<void> {
  const { conditions, paged, by: order } = asked;
  const wanted = plain.images.filter((row) => plain.hasImage(row, conditions));
  const { total, rows } = await store.images.list({ accountId, ...conditions, ...paged, by: order });
  const expected = pageOf(wanted, paged, (row) => [imageOrders[order](row), row.image_key]);
  assert.deepEqual({ total, rows: rows.map(({ image }) => image.id) }, { total: expected.total, rows: expected.rows.map(({ id }) => id) });
  assert.equal(await store.images.has(accountId, conditions), wanted.length > 0);
}

async function compareTags(
  store: Store,
  plain: Plain,
  asked: { readonly conditions: Partial<RepositoryImageQuery>; readonly paged: Paged; readonly by: RepositoryImageQuery['by'] },
): Promise<void> {
  const { conditions, paged, by: order } = asked;
  const wanted = plain.tags.filter((tag) => plain.hasTag(tag, { ...conditions, ...paged, by: order }));
  const { total, rows } = await store.repositories.images({ accountId, ...conditions, ...paged, by: order });
  const valuesOf = (tag: Tag): readonly (number | string)[] =>
    order === 'lastSeen' ? [tag.last_seen, tag.id] : [tagOrders[order](plain.imageOf(tag)), tag.image_key, tag.id];
  const expected = pageOf(wanted, paged, valuesOf);
  assert.deepEqual({ total, rows: rows.map(({ id }) => id) }, { total: expected.total, rows: expected.rows.map(({ id }) => id) });
}

async function compareRepositories(
  store: Store,
  plain: Plain,
  asked: { readonly conditions: RepositoryConditions; readonly paged: Paged; readonly by: RepositoryQuery['by'] },
): Promise<void> {
  const { conditions, paged, by: order } = asked;
  const wanted = plain.repositories.filter((row) => plain.hasRepository(row, conditions));
  const { total, rows } = await store.repositories.list({ accountId, ...conditions, ...paged, by: order });
  const expected = pageOf(wanted, paged, (row) => [repositoryOrders[order](row), row.id]);
  assert.deepEqual({ total, rows: rows.map(({ id }) => id) }, { total: expected.total, rows: expected.rows.map(({ id }) => id) });
  assert.equal(await store.repositories.has(accountId, conditions), wanted.length > 0);
}

test('lists of images, tags and repositories are what a look at all of them gives, whatever is asked', async (context) => {
  const dataDir = testFolder(context);
  const store = await openStore({ dataDir });
  context.after(() => store.close());
  await fill(store);
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'), { readOnly: true });
  const plain = new Plain(database);
  database.close();
  assert.equal(plain.images.length, count);
  await fc.assert(
    fc.asyncProperty(ofImages, page, by(imageOrders), (conditions, paged, order) => compareImages(store, plain, { conditions, paged, by: order })),
    { numRuns: 600 },
  );
  await fc.assert(
    fc.asyncProperty(ofTags, page, by(tagOrders), (conditions, paged, order) => compareTags(store, plain, { conditions, paged, by: order })),
    { numRuns: 400 },
  );
  await fc.assert(
    fc.asyncProperty(ofRepositories, page, by(repositoryOrders), (conditions, paged, order) =>
      compareRepositories(store, plain, { conditions, paged, by: order }),
    ),
    { numRuns: 400 },
  );
});
