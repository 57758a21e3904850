import { createHash } from 'node:crypto';
import type { Detection, MatchPlace } from '#domain/detection.ts';
import type { Digests } from '#domain/file-entry.ts';
import type { Limits } from '#domain/limits.ts';
import type { ContentRecord, JudgedFile, Store } from '#store/store.ts';
import type { ByteMember, EngineSet } from './engine-set.ts';
import { formatHead, formatOf } from './file-format.ts';
import { fileTypeOf } from './inspect/file-type.ts';
import type { InspectorPool, Slot } from './inspect/pool.ts';
import type { ItemResult } from './inspect/protocol.ts';
import { judge } from './judge.ts';

/** What single files are judged with. */
export interface FileScan {
  readonly store: Store;
  readonly engines: EngineSet;
  readonly limits: Limits;
  /** Started already. */
  readonly pool: InspectorPool;
}

/** A content that can be read twice and is the same both times. */
export interface Body {
  readonly size: number;
  /** All of it in order; a piece is only lent until the next one. */
  pieces(): AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Detections of one file that are kept; more say nothing more. */
const mostDetections = 50;
/** Places in one file that are kept. */
const mostPlaces = 100;
/** Contents up to this size travel in the room that batches have; larger ones alone. */
const batchBytes = 4 * 1024 * 1024;

/**
 * Judges one content outside any image, by the same engines, inspectors and kept verdicts as images. `path` is what rules that read the
 * path are told. Trouble with it is told in `skipped`.
 * @throws Error when the pool is closed meanwhile or the body ends too soon.
 */
export async function scanFile(body: Body, path: string, scan: FileScan): Promise<JudgedFile> {
  const { store, engines, limits } = scan;
  const { head, ...digests } = await digest(body);
  const record = (await store.contents.find([digests.sha256], engines.contentKeys)).get(digests.sha256);
  const known = record?.verdicts ?? new Map<string, readonly Detection[]>();
  const members = [...engines.byContent.filter((member) => !known.has(member.key)), ...engines.byPlace];
  const skipped: string[] = [];
  let result: ItemResult | undefined;
  if (body.size > limits.inspectBytes) skipped.push(`${body.size} bytes is over the limit of ${limits.inspectBytes} bytes for engines; it was only hashed`);
  else if (members.length > 0) result = await inspect(body, { path, members }, scan);
  const fileType = result?.fileType ?? record?.fileType ?? fileTypeOf(head);
  const judged = readResult(result, members, skipped);
  const content = { ...digests, size: body.size, fileType };
  const lookups = engines.byDigest.map((member) => ({ key: member.key, ...member.engine.lookup(digests, body.size) }));
  await store.contents.save([{ ...content, verdicts: new Map([...judged.byContent, ...lookups.map(({ key, detections }) => [key, detections] as const)]) }]);
  const detections = [
    ...engines.byContent.flatMap((member) => known.get(member.key) ?? judged.byContent.get(member.key) ?? []),
    ...judged.byPlace,
    ...lookups.flatMap((lookup) => lookup.detections),
  ];
  const isAllowed = lookups.some((lookup) => lookup.allowed);
  const verdict = isAllowed || detections.length === 0 ? undefined : judge(detections);
  return {
    ...content,
    format: formatOf(head, fileType),
    places: verdict === undefined ? [] : placesIn(detections),
    verdict: verdict === undefined ? undefined : { ...verdict, detections: verdict.detections.slice(0, mostDetections) },
    skipped,
  };
}

function placesIn(detections: readonly Detection[]): readonly MatchPlace[] {
  const places = new Map(detections.flatMap((detection) => detection.places ?? []).map((place) => [String(place), place]));
  return [...places.values()].toSorted((left, right) => left[0] - right[0] || left[1] - right[1]).slice(0, mostPlaces);
}

async function digest(body: Body): Promise<Digests & { readonly sha1: string; readonly head: Buffer }> {
  const [sha256, md5, sha1] = [createHash('sha256'), createHash('md5'), createHash('sha1')];
  const head = Buffer.alloc(Math.min(body.size, formatHead));
  let at = 0;
  for await (const piece of body.pieces()) {
    for (const one of [sha256, md5, sha1]) one.update(piece);
    if (at < head.length) piece.copy(head, at);
    at += piece.length;
  }
  if (at !== body.size) throw new Error('the file has another size than it had');
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), sha1: sha1.digest('hex'), head };
}

async function inspect(body: Body, what: { readonly path: string; readonly members: readonly ByteMember[] }, scan: FileScan): Promise<ItemResult> {
  const { pool } = scan;
  const slot = body.size <= batchBytes ? await pool.reserve() : await pool.reserveLarge(body.size);
  try {
    await fill(slot, body);
  } catch (error) {
    slot.release();
    throw error;
  }
  const judges = what.members.map((member) => member.judge);
  const [result] = await slot.submit([{ at: 0, length: body.size, path: what.path, owner: '0', judges, digests: false }]);
  if (result === undefined) throw new Error('an inspector left out a result');
  return result;
}

async function fill(slot: Slot, body: Body): Promise<void> {
  let at = 0;
  for await (const piece of body.pieces()) {
    if (at + piece.length > body.size) throw new Error('the file has another size than it had');
    slot.write(piece, at);
    at += piece.length;
  }
  if (at !== body.size) throw new Error('the file has another size than it had');
}

// Sorts what the judges said by what it holds for: the content anywhere, or this place only.
function readResult(
  result: ItemResult | undefined,
  members: readonly ByteMember[],
  skipped: string[],
): { readonly byContent: ContentRecord['verdicts']; readonly byPlace: readonly Detection[] } {
  const byContent = new Map<string, readonly Detection[]>();
  const byPlace: Detection[] = [];
  for (const { judge: index, detections, error } of result?.judged ?? []) {
    const member = members.find((one) => one.judge === index);
    if (error !== undefined) skipped.push(`${member?.engine.pack ?? 'engine'}: ${error}`);
    else if (member?.engine.readsPath === true) byPlace.push(...detections);
    else if (member !== undefined) byContent.set(member.key, detections);
  }
  return { byContent, byPlace };
}
