import type { Sql, SqlValue } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import type { ImageConditions } from '../store.ts';
import { allOf, anyOf, type Condition, conjunctsOf, valueCondition } from './conditions.ts';
import { scopeCondition, taggedCondition, tagsFrom, type Way } from './image-scope.ts';
import { fewMatching, type SearchedText as StoredText, walkedCondition } from './image-texts.ts';
import { withKnownTags } from './tag-names.ts';

/** Conditions that hold together, and the keys of images that have one of the texts in them, where they are few. */
export interface ImageSearch {
  readonly asked: readonly ImageConditions[];
  readonly rare: RareTexts;
}

/** By what `keyOf` makes of a text. */
type RareTexts = ReadonlyMap<string, readonly SqlValue[]>;

function keyOf(text: SearchedText): string {
  return JSON.stringify(text);
}

/** How images that are asked for are found. */
export async function searchOf(sql: Sql, accountId: string, conditions: ImageConditions): Promise<ImageSearch> {
  const rare = new Map<string, readonly SqlValue[]>();
  const asked = conjunctsOf(await withKnownTags(sql, accountId, conditions));
  const find = async (text: SearchedText, walks: boolean): Promise<void> => {
    const keys = await fewMatching(sql, { accountId, ...text }, walks);
    if (keys !== undefined) rare.set(keyOf(text), keys);
  };
  for (const text of asked.flatMap(({ some = [] }) => some.flatMap(allTextsOf))) await find(text, false);
  // One is enough: all must hold.
  const together = asked.flatMap(textsOf);
  for (const text of together) if (!together.some((other) => rare.has(keyOf(other)))) await find(text, true);
  return { asked, rare };
}

type SearchedText = Omit<StoredText, 'accountId'>;

function allTextsOf(asked: ImageConditions): readonly SearchedText[] {
  return [...textsOf(asked), ...[...(asked.every ?? []), ...(asked.some ?? [])].flatMap(allTextsOf)];
}

function textsOf({ ids, names, keywords }: ImageConditions): readonly SearchedText[] {
  return [
    ...(ids === undefined ? [] : [{ condition: ids, columns: ['id'] as const }]),
    ...(names === undefined ? [] : [{ condition: names, columns: ['reference'] as const }]),
    ...(keywords === undefined ? [] : [{ condition: keywords, columns: ['reference', 'id'] as const }]),
  ];
}

/** The condition of a search for all images. */
export const ofAccount = 'i.account_id = ?';

/** The rows that are searched, as `i`: few images are looked up one by one, the others are walked along an index. */
export function fromOf({ asked, rare }: ImageSearch, index: string): string {
  const isFew = asked.some((one) => isOfFew(one, rare) || one.scope?.imageIds !== undefined);
  return isFew ? 'image i' : `image i INDEXED BY ${index}`;
}

function isOfFew(asked: ImageConditions, rare: RareTexts): boolean {
  const { digests, layers } = asked.scope ?? {};
  return digests !== undefined || layers !== undefined || textsOf(asked).some((text) => rare.has(keyOf(text)));
}

/** What is asked, as a condition on rows of `image` under the name `i`. */
export function whereOf(accountId: string, { asked, rare }: ImageSearch, way: Way): Condition {
  // Images that are known by their keys are not looked for by their account.
  const sign = asked.some((one) => isOfFew(one, rare)) && asked.every(({ scope }) => scope?.imageIds === undefined) ? '+' : '';
  return allOf([{ text: `${sign}${ofAccount}`, values: [accountId] }, ...asked.flatMap((one) => conditionsOf(accountId, one, { rare, way }))]);
}

interface Manner {
  readonly rare: RareTexts;
  readonly way: Way;
}

function conditionsOf(accountId: string, asked: ImageConditions, manner: Manner): readonly Condition[] {
  // In this order they are looked at: what costs least comes first.
  const conditions: Condition[] = [...factsOf('i', asked)];
  for (const text of textsOf(asked)) {
    const keys = manner.rare.get(keyOf(text));
    const found =
      keys === undefined
        ? walkedCondition('i', text.condition, text.columns)
        : { text: 'i.image_key IN (SELECT value FROM json_each(?))', values: [JSON.stringify(keys)] };
    conditions.push(found);
  }
  const scope = asked.scope === undefined ? undefined : scopeCondition('i', accountId, asked.scope, manner.way);
  if (scope !== undefined) conditions.push(scope);
  for (const one of asked.every ?? []) conditions.push(...conditionsOf(accountId, one, manner));
  if (asked.some !== undefined) conditions.push(anyOf(asked.some.map((one) => allOf([always, ...conditionsOf(accountId, one, manner)]))));
  return conditions;
}

const always: Condition = { text: '1 = 1', values: [] };

type Facts = Pick<ImageConditions, 'scanStates' | 'infected' | 'local' | 'scanned'>;

// What tags have of their images too.
function factsOf(row: 'i' | 'ri', { scanStates, infected, local, scanned }: Facts): readonly Condition[] {
  const columns = row === 'i' ? { state: "coalesce(i.scan_state, 'never')", infected: 'i.visible_findings > 0', scanned: 'i.scanned_at > 0' } : factsOfTags;
  const holds = (text: string, wanted: boolean): Condition => ({ text: wanted ? text : `NOT (${text})`, values: [] });
  return [
    ...(scanStates === undefined ? [] : [valueCondition(columns.state, [...new Set(scanStates)])]),
    ...(infected === undefined ? [] : [holds(columns.infected, infected)]),
    ...(local === undefined ? [] : [{ text: `${row}.local = ?`, values: [local ? 1 : 0] }]),
    ...(scanned === undefined ? [] : [holds(columns.scanned, scanned)]),
  ];
}

const factsOfTags = { state: 'ri.scan_state', infected: 'ri.infected = 1', scanned: 'ri.scanned = 1' } as const;

/** A search for images among tags: rows of `repository_image` as `ri`, of which an image may have several. */
export interface TagSearch {
  readonly from: string;
  readonly where: Condition;
  /** What is asked, where it is only said of repositories and tags. */
  readonly scope: ImageScope | undefined;
}

/** The same search among tags, where it says something of them, and else only what they have too. */
export function tagSearchOf(accountId: string, { asked, rare }: ImageSearch): TagSearch | undefined {
  const facts = asked.flatMap((one) => factsOf('ri', one));
  const others = asked.flatMap(({ scope: _, scanStates: _1, infected: _2, local: _3, scanned: _4, ...rest }) =>
    conditionsOf(accountId, rest, { rare, way: 'list' }),
  );
  const scopes = asked.flatMap(({ scope }) => (scope === undefined || scopeCondition('i', accountId, scope) === undefined ? [] : [scope]));
  const [first, ...further] = scopes;
  if (first === undefined || others.length > 0 || !scopes.every(isOfTags)) return undefined;
  const tagged = (scope: ImageScope, row: string): readonly Condition[] => [taggedCondition(accountId, scope, row) ?? always];
  const where = [
    ...tagged(first, 'ri'),
    // Most often the same tag has all of it.
    ...further.map((scope) => anyOf([allOf(tagged(scope, 'ri')), onAnother(allOf(tagged(scope, 'rj')))])),
    ...facts,
  ];
  return { from: tagsFrom(first), where: allOf(where), scope: where.length === 1 ? first : undefined };
}

function isOfTags({ digests, layers, imageIds, references, local }: ImageScope): boolean {
  return [digests, layers, imageIds, references, local].every((value) => value === undefined);
}

function onAnother({ text, values }: Condition): Condition {
  return { text: `EXISTS (SELECT 1 FROM repository_image rj INDEXED BY repository_image_of WHERE rj.image_key = ri.image_key AND ${text})`, values };
}
