import { marks } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import type { TextCondition } from '../store.ts';
import { allOf, type Condition, textCondition, valueCondition } from './conditions.ts';
import { referenceCondition } from './image-texts.ts';

/** How rows are looked for that have something in another table: as a list of all that have, or each by itself, which costs less where most have. */
export type Way = 'list' | 'each';

/**
 * A condition on rows of `image` under the name `row`; undefined where the scope holds for every image. Repositories are found by the account's repositories, which
 * are fewer than its images.
 */
export function scopeCondition(row: string, accountId: string, scope: ImageScope, way: Way = 'list'): Condition | undefined {
  const conditions: Condition[] = [];
  if (scope.imageIds !== undefined) conditions.push(valueCondition(`${row}.id`, withPrefixes(scope.imageIds)));
  if (scope.references !== undefined) conditions.push(referenceCondition(row, accountId, scope.references, ['reference']));
  if (scope.local !== undefined) conditions.push({ text: `${row}.local = ?`, values: [scope.local ? 1 : 0] });
  const digests = scope.digests === undefined ? undefined : withPrefixes(scope.digests);
  if (digests !== undefined) conditions.push(digestCondition(row, accountId, digests));
  if (scope.layers !== undefined) conditions.push(layerCondition(row, accountId, scope.layers));
  const tagged = taggedCondition(accountId, scope);
  if (tagged !== undefined) {
    const text =
      way === 'list'
        ? `${row}.image_key IN (SELECT ri.image_key FROM ${tagsFrom(scope)} WHERE ${tagged.text})`
        : `EXISTS (SELECT 1 FROM repository_image ri INDEXED BY repository_image_of WHERE ri.image_key = ${row}.image_key AND ${tagged.text})`;
    conditions.push({ text, values: tagged.values });
  }
  return conditions.length === 0 ? undefined : allOf(conditions);
}

/** What a scope says of repositories and tags, as a condition on rows of `repository_image`; undefined where it says nothing of them. */
export function taggedCondition(accountId: string, scope: ImageScope, row = 'ri'): Condition | undefined {
  const { tags } = scope;
  const places = repositoryConditions(row, accountId, scope);
  if (places.length === 0 && tags === undefined) return undefined;
  return allOf([{ text: `${row}.account_id = ?`, values: [accountId] }, ...places, ...(tags === undefined ? [] : [tagCondition(row, tags)])]);
}

/** The rows of `repository_image`, as `ri`, on which a scope has a condition, by the index that finds them: in the order of images where many may have it. */
export function tagsFrom({ repositoryIds, namespaces, names, tags }: ImageScope): string {
  const isOfRepositories = repositoryIds !== undefined || namespaces?.exact === true || names?.exact === true;
  return `repository_image ri INDEXED BY repository_image_${isOfRepositories ? 'tags' : tags?.exact === true ? 'tag' : 'of'}`;
}

/** A condition on tags of rows of `repository_image`. */
export function tagCondition(row: string, tags: TextCondition): Condition {
  return textCondition([{ plain: `${row}.tag`, folded: `${row}.tag_folded` }], tags);
}

/** What a scope says of repositories, as conditions on rows that have `registry_id` and `repository_id`. */
export function repositoryConditions(row: string, accountId: string, scope: Places, way: Way = 'list'): readonly Condition[] {
  const { repositoryIds } = scope;
  const conditions = [...registryConditions(row, accountId, scope)];
  if (repositoryIds !== undefined) conditions.push(valueCondition(`${row}.repository_id`, repositoryIds));
  const named = namedConditions(scope);
  if (named.length === 0) return conditions;
  const where = allOf([{ text: 'r.account_id = ?', values: [accountId] }, ...named]);
  const text =
    way === 'list'
      ? `${row}.repository_id IN (SELECT r.id FROM repository r WHERE ${where.text})`
      : `EXISTS (SELECT 1 FROM repository r WHERE r.id = ${row}.repository_id AND +${where.text})`;
  return [...conditions, { text, values: where.values }];
}

type Places = Pick<ImageScope, 'repositoryIds' | 'registryIds' | 'kinds' | 'regions' | 'namespaces' | 'names'>;

/** Conditions on rows of `repository` under the name `r`. */
export function placeConditions(accountId: string, scope: Places): readonly Condition[] {
  const ofIds = scope.repositoryIds === undefined ? [] : [valueCondition('r.id', scope.repositoryIds)];
  return [...ofIds, ...registryConditions('r', accountId, scope), ...namedConditions(scope)];
}

function namedConditions({ namespaces, names }: Places): readonly Condition[] {
  return [
    ...(namespaces === undefined ? [] : [textCondition([{ plain: 'r.namespace', folded: 'r.namespace_folded' }], namespaces)]),
    ...(names === undefined ? [] : [textCondition([{ plain: 'r.name', folded: 'r.name_folded' }], names)]),
  ];
}

function registryConditions(row: string, accountId: string, { registryIds, kinds, regions }: Places): readonly Condition[] {
  const of = (column: 'kind' | 'region', values: readonly string[]): Condition => ({
    text: `${row}.registry_id IN (SELECT id FROM registry WHERE account_id = ? AND ${column} IN (${marks(values.length)}))`,
    values: [accountId, ...values],
  });
  return [
    ...(registryIds === undefined ? [] : [valueCondition(`${row}.registry_id`, registryIds)]),
    ...(kinds === undefined ? [] : [of('kind', kinds)]),
    ...(regions === undefined ? [] : [of('region', regions)]),
  ];
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
