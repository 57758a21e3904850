import type { Sql } from '../drivers/sql.ts';
import type { ImageScope } from '../shapes/repositories.ts';
import { valueCondition } from './conditions.ts';
import { layersCondition, scopeCondition, taggedCondition } from './image-scope.ts';
import { keepCommon } from './image-slots.ts';
import { numbersIn } from './number-lists.ts';
import type { ShareBook } from './share-book.ts';
import type { TagChoice } from './tag-book.ts';

interface Scoped {
  readonly accountId: string;
  readonly scope: ImageScope;
}

/** Marks of the images of a scope, by their places in the book; undefined where it holds for every image. */
export async function markScope(sql: Sql, { accountId, scope }: Scoped, book: ShareBook): Promise<Uint8Array | undefined> {
  const isOfTags = taggedCondition(accountId, scope) !== undefined;
  const tagged = isOfTags ? (await book.tags()).mark(await tagChoice(sql, { accountId, scope })) : undefined;
  const found = await searchImages(sql, { accountId, scope });
  if (found === undefined) return tagged;
  const marks = book.mark(found);
  if (tagged !== undefined) keepCommon(marks, tagged);
  return marks;
}

async function tagChoice(sql: Sql, { accountId, scope }: Scoped): Promise<TagChoice> {
  const { registryIds, kinds, regions, repositoryIds, namespaces, names, tags } = scope;
  const registries: ReadonlySet<number>[] = registryIds === undefined ? [] : [new Set(registryIds)];
  for (const [column, values] of [
    ['kind', kinds],
    ['region', regions],
  ] as const) {
    if (values === undefined) continue;
    const where = valueCondition(column, values);
    const text = `SELECT id AS number FROM registry WHERE account_id = ? AND ${where.text}`;
    registries.push(new Set(await numbersIn(sql, text, [accountId, ...where.values])));
  }
  return { repositoryIds, registries, namespaces, names, tags };
}

// What a scope says of images alone; undefined where it says nothing of them.
async function searchImages(sql: Sql, { accountId, scope }: Scoped): Promise<readonly number[] | undefined> {
  const { layers, digests, imageIds, references, local } = scope;
  const others = {
    ...(digests === undefined ? {} : { digests }),
    ...(imageIds === undefined ? {} : { imageIds }),
    ...(references === undefined ? {} : { references }),
    ...(local === undefined ? {} : { local }),
  };
  // Layers may be those of very many images, which need no look at each.
  if (layers !== undefined && Object.keys(others).length === 0) {
    const { text, values } = layersCondition(accountId, layers);
    return numbersIn(sql, `SELECT image_key AS number FROM (${text})`, values);
  }
  const condition = scopeCondition('i', accountId, { ...others, ...(layers === undefined ? {} : { layers }) });
  if (condition === undefined) return undefined;
  // By ids, or else by what is sought first, not along all images of the account.
  const account = imageIds === undefined && (digests ?? layers ?? references) !== undefined ? '+i.account_id' : 'i.account_id';
  return numbersIn(sql, `SELECT i.image_key AS number FROM image i WHERE ${account} = ? AND ${condition.text}`, [accountId, ...condition.values]);
}
