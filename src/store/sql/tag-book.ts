import type { Sql } from '../drivers/sql.ts';
import type { TextCondition } from '../store.ts';
import { fold, textMatcher } from './conditions.ts';
import type { Slots } from './image-slots.ts';

/** Which images tags name, or named once, held in memory: a choice of most repositories would cost a look at as many rows. */
export interface TagBook {
  /** Takes over what has changed. */
  follow(): Promise<void>;
  /** Marks of the images of which a tag meets all that is asked. */
  mark(asked: TagChoice): Uint8Array;
}

export interface TagChoice {
  readonly repositoryIds?: readonly number[] | undefined;
  /** A registry must be in each. */
  readonly registries: readonly ReadonlySet<number>[];
  readonly namespaces?: TextCondition | undefined;
  readonly names?: TextCondition | undefined;
  readonly tags?: TextCondition | undefined;
}

interface Text {
  readonly plain: string;
  readonly folded: string;
}

interface KnownRepository {
  readonly registryId: number;
  readonly namespace: Text;
  readonly name: Text;
  readonly tags: Text[];
  /** The image of each tag. */
  readonly slots: number[];
}

/** Rows looked at at once. */
const together = 5000;

export function createTagBook(sql: Sql, accountId: string, slots: Slots): TagBook {
  const repositories = new Map<number, KnownRepository>();
  const texts = new Map<string, Text>();
  let known: Newest = { moves: 0, tags: 0, repositories: 0 };
  let following: Promise<void> = Promise.resolve();
  const textOf = (plain: string): Text => {
    const text = texts.get(plain) ?? { plain, folded: fold(plain) };
    texts.set(plain, text);
    return text;
  };
  const takeChanges = async (): Promise<void> => {
    const newest = await newestRows(sql, accountId);
    if (newest.moves !== known.moves) {
      repositories.clear();
      texts.clear();
      known = { ...newest, tags: 0, repositories: 0 };
    }
    await eachRow<RepositoryRow>(sql, { accountId, text: repositoryRows, from: known.repositories, to: newest.repositories }, (row) => {
      const { registry_id: registryId, namespace, name } = row;
      repositories.set(row.id, { registryId, namespace: textOf(namespace), name: textOf(name), tags: [], slots: [] });
    });
    known = { ...known, repositories: newest.repositories };
    await eachRow<TagRow>(sql, { accountId, text: tagRows, from: known.tags, to: newest.tags }, (row) => {
      const repository = repositories.get(row.repository_id);
      repository?.tags.push(textOf(row.tag));
      repository?.slots.push(slots.take(row.image_key));
    });
    known = newest;
  };
  return {
    follow: () => {
      following = following.then(takeChanges, takeChanges);
      return following;
    },
    mark: (asked) => markTagged(repositories, asked, slots.marks()),
  };
}

function markTagged(repositories: ReadonlyMap<number, KnownRepository>, asked: TagChoice, marks: Uint8Array): Uint8Array {
  const { repositoryIds, registries } = asked;
  const isNamespace = matcherOf(asked.namespaces);
  const isName = matcherOf(asked.names);
  const isTag = asked.tags === undefined ? undefined : textMatcher(asked.tags);
  const chosen = repositoryIds === undefined ? repositories.values() : repositoryIds.flatMap((id) => repositories.get(id) ?? []);
  for (const { registryId, namespace, name, tags, slots } of chosen) {
    if (!registries.every((ids) => ids.has(registryId)) || !isNamespace(namespace) || !isName(name)) continue;
    for (let index = 0; index < slots.length; index++) if (isTag === undefined || isTag(tags[index] as Text)) marks[slots[index] as number] = 1;
  }
  return marks;
}

function matcherOf(condition: TextCondition | undefined): (text: Text) => boolean {
  return condition === undefined ? () => true : textMatcher(condition);
}

interface Newest {
  /** Counts what happened to rows that were there before; see migration 0023. */
  readonly moves: number;
  readonly tags: number;
  readonly repositories: number;
}

async function newestRows(sql: Sql, accountId: string): Promise<Newest> {
  const row = await sql.get<Newest>(
    `SELECT coalesce((SELECT value FROM tally WHERE account_id = ? AND noun = 'tag moves'), 0) AS moves,
       coalesce((SELECT max(id) FROM repository_image), 0) AS tags, coalesce((SELECT max(id) FROM repository), 0) AS repositories`,
    [accountId],
  );
  return row ?? { moves: 0, tags: 0, repositories: 0 };
}

interface RepositoryRow {
  readonly id: number;
  readonly registry_id: number;
  readonly namespace: string;
  readonly name: string;
}

interface TagRow {
  readonly repository_id: number;
  readonly image_key: number;
  readonly tag: string;
}

const repositoryRows = 'SELECT id, registry_id, namespace, name FROM repository WHERE id > ? AND id <= ? AND +account_id = ?';
const tagRows = 'SELECT repository_id, image_key, tag FROM repository_image WHERE id > ? AND id <= ? AND +account_id = ?';

interface Rows {
  readonly accountId: string;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

async function eachRow<Row>(sql: Sql, { accountId, text, from, to }: Rows, take: (row: Row) => void): Promise<void> {
  for (let start = from; start < to; start += together) {
    for (const row of await sql.all<Row>(text, [start, Math.min(to, start + together), accountId])) take(row);
  }
}
