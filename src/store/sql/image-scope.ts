import { marks } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import type { TextCondition } from '../store.ts';
import { allOf, type Condition, fold, textCondition, valueCondition } from './conditions.ts';

/** Shortest text that the index over parts of names can find. */
const trigram = 3;

/**
 * A condition on texts that an index over their parts answers: `column IN (rows of the index that match)`. Undefined where the index cannot, since a text is too short
 * or exact equality is asked for.
 */
export function partCondition(
  index: { readonly table: string; readonly columns: readonly string[]; readonly row: string },
  condition: TextCondition,
): Condition | undefined {
  const { values, exact } = condition;
  if (exact || values.length === 0 || values.some((value) => Array.from(value).length < trigram || value.includes('\u0000'))) return undefined;
  const phrases = values.map((value) => `"${value.toLowerCase().replaceAll('"', '""')}"`).join(' OR ');
  return {
    text: `${index.row} IN (SELECT rowid FROM ${index.table} WHERE ${index.table} MATCH ?)`,
    values: [`{${index.columns.join(' ')}} : (${phrases})`],
  };
}

/** Images whose reference (or id) matches: found by an index over parts of texts, or by a walk along one over whole texts. */
export function referenceCondition(row: string, accountId: string, condition: TextCondition, columns: readonly ('reference' | 'id')[]): Condition {
  const found = partCondition({ table: 'image_text', columns, row: `${row}.image_key` }, condition);
  if (found !== undefined) return found;
  const parts = columns.map((column) => {
    const text = textCondition([{ plain: `n.${column}`, folded: `n.${column}_folded` }], condition);
    // Equal texts are equal when folded too, by which they are found.
    const folded = condition.exact ? [valueCondition(`n.${column}_folded`, condition.values.map(fold))] : [];
    const where = allOf([{ text: 'n.account_id = ?', values: [accountId] }, ...folded, text]);
    return { text: `SELECT n.image_key FROM image n INDEXED BY ${foldedIndexes[column]} WHERE ${where.text}`, values: where.values };
  });
  return { text: `${row}.image_key IN (${parts.map(({ text }) => text).join(' UNION ALL ')})`, values: parts.flatMap(({ values }) => values) };
}

const foldedIndexes = { reference: 'image_name', id: 'image_id_folded' } as const;

const repositoryColumns = {
  namespaces: [{ plain: 'namespace', folded: 'namespace_folded' }],
  names: [{ plain: 'name', folded: 'name_folded' }],
} as const;

/**
 * A condition on rows of `image` under the name `row`; undefined where the scope holds for every image. Repositories are found by the account's repositories, which
 * are fewer than its images.
 */
export function scopeCondition(row: string, accountId: string, scope: ImageScope): Condition | undefined {
  const conditions: Condition[] = [];
  if (scope.imageIds !== undefined) conditions.push(valueCondition(`${row}.id`, withPrefixes(scope.imageIds)));
  if (scope.references !== undefined) conditions.push(referenceCondition(row, accountId, scope.references, ['reference']));
  if (scope.local !== undefined) conditions.push({ text: `${row}.local = ?`, values: [scope.local ? 1 : 0] });
  const digests = scope.digests === undefined ? undefined : withPrefixes(scope.digests);
  if (digests !== undefined) conditions.push(digestCondition(row, accountId, digests));
  if (scope.layers !== undefined) conditions.push(layerCondition(row, accountId, scope.layers));
  const tagged = taggedCondition(accountId, scope);
  if (tagged !== undefined)
    conditions.push({ text: `${row}.image_key IN (SELECT ri.image_key FROM repository_image ri WHERE ${tagged.text})`, values: tagged.values });
  return conditions.length === 0 ? undefined : allOf(conditions);
}

/** What a scope says of repositories and tags, as a condition on rows of `repository_image` under the name `ri`; undefined where it says nothing of them. */
export function taggedCondition(accountId: string, scope: ImageScope): Condition | undefined {
  const { tags } = scope;
  const places = placeConditions(accountId, scope);
  if (places.length === 0 && tags === undefined) return undefined;
  const tagged = tags === undefined ? [] : [textCondition([{ plain: 'ri.tag', folded: 'lower(ri.tag)' }], tags)];
  return allOf([{ text: 'ri.account_id = ?', values: [accountId] }, ...repositoryCondition('ri', accountId, places), ...tagged]);
}

function repositoryCondition(row: string, accountId: string, places: readonly Condition[]): readonly Condition[] {
  if (places.length === 0) return [];
  const where = allOf([{ text: 'r.account_id = ?', values: [accountId] }, ...places]);
  return [{ text: `${row}.repository_id IN (SELECT r.id FROM repository r WHERE ${where.text})`, values: where.values }];
}

/** Conditions on rows of `repository` under the name `r`. */
export function placeConditions(accountId: string, scope: ImageScope): readonly Condition[] {
  const conditions: Condition[] = [];
  if (scope.repositoryIds !== undefined) conditions.push(valueCondition('r.id', scope.repositoryIds));
  if (scope.registryIds !== undefined) conditions.push(valueCondition('r.registry_id', scope.registryIds));
  for (const key of ['namespaces', 'names'] as const) {
    const condition = scope[key];
    if (condition !== undefined) conditions.push(textCondition(prefixed('r', repositoryColumns[key]), condition));
  }
  if (scope.kinds !== undefined) conditions.push(registryCondition(accountId, 'kind', scope.kinds));
  if (scope.regions !== undefined) conditions.push(registryCondition(accountId, 'region', scope.regions));
  return conditions;
}

function registryCondition(accountId: string, column: 'kind' | 'region', values: readonly string[]): Condition {
  return {
    text: `r.registry_id IN (SELECT id FROM registry WHERE account_id = ? AND ${column} IN (${marks(values.length)}))`,
    values: [accountId, ...values],
  };
}

// A tag may name an image by the digest of an index, of which the image's own manifest is a part.
function digestCondition(row: string, accountId: string, digests: readonly string[]): Condition {
  const equal = (column: string): Condition => allOf([{ text: 'account_id = ?', values: [accountId] }, valueCondition(column, digests)]);
  const found = [
    ['image', equal('digest')],
    ['image', equal('id')],
    ['repository_image INDEXED BY repository_image_digest', equal('digest')],
  ] as const;
  return {
    text: `${row}.image_key IN (${found.map(([table, { text }]) => `SELECT image_key FROM ${table} WHERE ${text}`).join(' UNION ALL ')})`,
    values: found.flatMap(([, { values }]) => values),
  };
}

function layerCondition(row: string, accountId: string, layers: readonly string[]): Condition {
  const { text, values } = layersCondition(accountId, layers);
  return { text: `${row}.image_key IN (${text})`, values };
}

/** A query of the images that have one of these layers, some perhaps twice. */
export function layersCondition(accountId: string, layers: readonly string[]): Condition {
  const wanted = withPrefixes(layers);
  const list = marks(wanted.length);
  return {
    text: `SELECT image_key FROM image_layer WHERE account_id = ? AND digest IN (${list}) UNION ALL SELECT image_key FROM image_layer WHERE account_id = ? AND diff_id IN (${list})`,
    values: [accountId, ...wanted, accountId, ...wanted],
  };
}

// Callers leave `sha256:` away or not.
function withPrefixes(digests: readonly string[]): readonly string[] {
  return digests.map((digest) => (digest.includes(':') ? digest : `sha256:${digest}`));
}

function prefixed(
  row: string,
  columns: readonly { readonly plain: string; readonly folded: string }[],
): readonly { readonly plain: string; readonly folded: string }[] {
  return columns.map(({ plain, folded }) => ({ plain: `${row}.${plain}`, folded: `${row}.${folded}` }));
}
