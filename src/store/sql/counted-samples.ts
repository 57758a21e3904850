import { handlingStates } from '#domain/handling.ts';
import { severities } from '#domain/severity.ts';
import type { Sql } from '../drivers/sql.ts';
import type { AffectedConditions } from '../shapes/samples.ts';
import { alikeStep, countPlace } from './alike.ts';
import { md5Condition } from './md5-condition.ts';
import { numbersIn } from './number-lists.ts';
import type { ShareBook } from './share-book.ts';
import { rankOf, standingsOf } from './standing.ts';

type SampleConditions = AffectedConditions & { readonly md5s: readonly string[] };

/** How many findings of some samples each group of the book has, by its number. Only those that are not alike in their image are looked at one by one. */
export async function countOfSamples(sql: Sql, query: SampleConditions, book: ShareBook): Promise<(group: number) => number> {
  const md5 = md5Condition('md5', query.md5s);
  const ids = await numbersIn(sql, `SELECT id AS number FROM sample WHERE account_id = ? AND ${md5.text}`, [query.accountId, ...md5.values]);
  const wanted = wantedPlaces(query);
  const looked = new Map<number, ReadonlyMap<number, readonly Counted[]>>();
  for (;;) {
    const { counts, unlike } = countAlike(book, ids, wanted);
    const missing = unlike.filter(({ id, imageKey }) => looked.get(id)?.has(imageKey) !== true);
    if (missing.length === 0) {
      for (const { id, imageKey } of unlike)
        for (const { stored, total } of looked.get(id)?.get(imageKey) ?? []) {
          const group = book.table.find(imageKey, stored);
          if (group !== undefined) counts[group] = (counts[group] as number) + total;
        }
      return (group) => counts[group] as number;
    }
    // While these are looked at the book may go on.
    for (const id of new Set(missing.map((pair) => pair.id))) {
      const imageKeys = missing.filter((pair) => pair.id === id).map(({ imageKey }) => imageKey);
      looked.set(id, new Map([...(looked.get(id) ?? []), ...(await countUnlike(sql, wanted, { id, imageKeys }))]));
    }
  }
}

// By severity and standing: 1 for what is asked for.
function wantedPlaces({ severities: wanted = severities, states = handlingStates }: AffectedConditions): Uint8Array {
  const places = new Uint8Array(alikeStep);
  for (const severity of wanted) for (const standing of standingsOf(states)) places[countPlace(rankOf(severity), standing)] = 1;
  return places;
}

interface Unlike {
  readonly id: number;
  readonly imageKey: number;
}

function countAlike(book: ShareBook, ids: readonly number[], wanted: Uint8Array): { readonly counts: Uint32Array; readonly unlike: readonly Unlike[] } {
  const { slots, imageKeys, starts, ends, pairs, lists, apart } = book.table;
  const counts = new Uint32Array(slots.length);
  const unlike: Unlike[] = [];
  const add = (id: number, group: number, alike: number): void => {
    if (slots[group] === 0) return;
    if (alike === 0) unlike.push({ id, imageKey: imageKeys[group] as number });
    else if (wanted[alike % alikeStep] === 1) counts[group] = (counts[group] as number) + Math.floor(alike / alikeStep);
  };
  for (const id of ids) {
    const place = book.placeOf(id);
    if (place === undefined) continue;
    for (let at = lists.starts[place] ?? 0; at < (lists.starts[place + 1] ?? 0); at++) add(id, lists.numbers[at] as number, lists.alikes[at] as number);
    for (const group of apart) {
      const start = starts[group] as number;
      const index = pairs.places.subarray(start, ends[group]).indexOf(place);
      if (index >= 0) add(id, group, pairs.alikes[start + index] as number);
    }
  }
  return { counts, unlike };
}

interface Counted {
  /** When they were seen last, as it is stored. */
  readonly stored: number;
  readonly total: number;
}

async function countUnlike(
  sql: Sql,
  wanted: Uint8Array,
  { id, imageKeys }: { readonly id: number; readonly imageKeys: readonly number[] },
): Promise<ReadonlyMap<number, readonly Counted[]>> {
  const found = new Map<number, Counted[]>(imageKeys.map((key) => [key, []]));
  const numbers = await numbersIn(
    sql,
    `SELECT f.image_key AS number, f.last_seen AS stored, f.severity AS severity, f.standing AS standing, count(*) AS total FROM sample s
     CROSS JOIN json_each(?) k CROSS JOIN finding f INDEXED BY finding_sample ON f.account_id = s.account_id AND f.sha256 = s.sha256 AND f.image_key = k.value AND f.standing > 0
     WHERE s.id = ? GROUP BY f.image_key, f.standing, f.severity, f.last_seen`,
    [JSON.stringify(imageKeys), id],
    ['stored', 'severity', 'standing', 'total'],
  );
  for (let at = 0; at < numbers.length; at += 5) {
    const [imageKey = 0, stored = 0, severity = 0, standing = 0, total = 0] = numbers.slice(at, at + 5);
    if (wanted[countPlace(severity, standing)] === 1) found.get(imageKey)?.push({ stored, total });
  }
  return found;
}
