import type { Sql, SqlValue } from '../drivers/sql.ts';
import type { TextCondition } from '../store.ts';
import { allOf, anyOf, type Condition, fold, textCondition, valueCondition } from './conditions.ts';

/** Shortest text that the index over parts of names can find. */
const trigram = 3;

/** What a text condition on an image looks at. */
export type ImageTexts = readonly ('reference' | 'id')[];

/**
 * A condition on texts that an index over their parts answers: `column IN (rows of the index that match)`. Undefined where the index cannot, since a text is too short
 * or exact equality is asked for.
 */
export function partCondition(
  index: { readonly table: string; readonly columns: readonly string[]; readonly row: string },
  condition: TextCondition,
): Condition | undefined {
  const found = matching(index, condition);
  return found === undefined ? undefined : { text: `${index.row} IN (${found.text})`, values: found.values };
}

// The rows of an index over parts of texts that match.
function matching(
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  { values, exact }: TextCondition,
): Condition | undefined {
  if (exact || values.length === 0 || values.some((value) => Array.from(value).length < trigram || value.includes('\u0000'))) return undefined;
  const phrases = values.map((value) => `"${value.toLowerCase().replaceAll('"', '""')}"`).join(' OR ');
  return { text: `SELECT rowid AS image_key FROM ${table} WHERE ${table} MATCH ?`, values: [`{${columns.join(' ')}} : (${phrases})`] };
}

/** Images whose reference (or id) matches: found by an index over parts of texts, or by a walk along one over whole texts. */
export function referenceCondition(row: string, accountId: string, condition: TextCondition, columns: ImageTexts): Condition {
  const found = matching({ table: 'image_text', columns }, condition) ?? walking(accountId, condition, columns);
  return { text: `${row}.image_key IN (${found.text})`, values: found.values };
}

function walking(accountId: string, condition: TextCondition, columns: ImageTexts): Condition {
  const parts = columns.map((column) => {
    const where = allOf([{ text: 'n.account_id = ?', values: [accountId] }, walkedCondition('n', condition, [column])]);
    return { text: `SELECT n.image_key FROM image n INDEXED BY ${foldedIndexes[column]} WHERE ${where.text}`, values: where.values };
  });
  return { text: parts.map(({ text }) => text).join(' UNION ALL '), values: parts.flatMap(({ values }) => values) };
}

const foldedIndexes = { reference: 'image_name', id: 'image_id_folded' } as const;

/** A condition on references (or ids) of rows of `image` that are walked along. */
export function walkedCondition(row: string, condition: TextCondition, columns: ImageTexts): Condition {
  const text = textCondition(
    columns.map((column) => ({ plain: `${row}.${column}`, folded: `${row}.${column}_folded` })),
    condition,
  );
  if (!condition.exact || condition.values.length === 0) return text;
  // Equal texts are equal when folded too, and indexes have those alone.
  const folded = columns.map((column) => valueCondition(`${row}.${column}_folded`, condition.values.map(fold)));
  return allOf([...(folded.length === 1 ? folded : [anyOf(folded)]), text]);
}

/** Images that a search finds, at most, for them to be looked up one by one. */
const fewImages = 300;

/** A condition on references (or ids) of an account's images. */
export interface SearchedText {
  readonly accountId: string;
  readonly condition: TextCondition;
  readonly columns: ImageTexts;
}

/**
 * Keys of all images whose reference (or id) matches, some of other accounts, where they are few; else undefined. With `walks` texts are walked along where no index finds
 * them, until there are too many; without, what takes that counts as many.
 */
export async function fewMatching(sql: Sql, text: SearchedText, walks: boolean): Promise<readonly SqlValue[] | undefined> {
  const { accountId, condition, columns } = text;
  if (condition.values.length === 0) return [];
  const found = quick(text) ?? (walks ? walking(accountId, condition, columns) : undefined);
  if (found === undefined) return undefined;
  const rows = await sql.all<{ image_key: number }>(`${found.text} LIMIT ?`, [...found.values, fewImages + 1]);
  return rows.length > fewImages ? undefined : rows.map((row) => row.image_key);
}

const oddLetter = '[^0-9a-f:hs]';

// What an index finds at once.
function quick({ accountId, condition, columns }: SearchedText): Condition | undefined {
  if (condition.exact) return walking(accountId, condition, columns);
  const isOdd = condition.values.every((value) => new RegExp(oddLetter).test(fold(value)));
  if (!isOdd || columns.includes('reference')) return matching({ table: 'image_text', columns }, condition);
  const where = walkedCondition('n', condition, ['id']);
  return {
    text: `SELECT n.image_key FROM image n INDEXED BY image_odd_id WHERE n.account_id = ? AND n.id_folded GLOB '*${oddLetter}*' AND ${where.text}`,
    values: [accountId, ...where.values],
  };
}
