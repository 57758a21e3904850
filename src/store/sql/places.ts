import type { Detection } from '#domain/detection.ts';
import type { FileType } from '#domain/file-entry.ts';
import type { Sql } from '../drivers/sql.ts';
import type { InsideArchives, Place } from '../store.ts';
import { parseDetections } from './contents.ts';
import { digestHex } from './digest.ts';
import { findEngines } from './engines.ts';
import { createHiding, type Hiding } from './hiding.ts';
import { findHolders, type Holders } from './nested-places.ts';

/** A layer of the image: the id the caller knows it by, and the id its inventory is stored under. */
export interface StoredLayer {
  readonly id: number;
  readonly stored: number;
}

/** An entry with something detected, at a position among the image's layers. */
interface Spot {
  readonly position: number;
  readonly path: string;
  readonly ordinal: number;
  contentId: number | null;
  /** JSON by engine number: detections that hold at this place only. */
  readonly here: Map<number, string>;
}

interface Content {
  readonly sha256: string;
  readonly md5: string;
  readonly sha1: string;
  readonly size: number;
  readonly fileType: FileType;
  /** By engine number. */
  readonly detections: ReadonlyMap<number, readonly Detection[]>;
}

interface Search {
  readonly sql: Sql;
  readonly layers: readonly StoredLayer[];
  /** In the order the caller gave the fingerprints. */
  readonly engineIds: readonly number[];
  readonly hiding: Hiding;
  /** Archives with something detected inside; undefined where there are none, or nobody asks for them. */
  readonly holders: Holders | undefined;
  readonly spots: Map<string, Spot>;
  readonly contents: Map<number, Content>;
}

const nothing: Content = { sha256: '', md5: '', sha1: '', size: 0, fileType: 'other', detections: new Map() };

/** See `LayerStore.places`. A hard link whose target lies in a lower layer counts as a place of that content. */
export async function findPlaces(
  sql: Sql,
  asked: { readonly layers: readonly StoredLayer[]; readonly engines: readonly string[]; readonly inside: InsideArchives | undefined },
): Promise<readonly Place[]> {
  const { layers, engines, inside } = asked;
  const engineIds = [...(await findEngines(sql, engines)).values()];
  const search: Search = {
    sql,
    layers,
    engineIds,
    hiding: createHiding(
      sql,
      layers.map((layer) => layer.stored),
    ),
    holders: await findHolders(sql, engineIds, inside),
    spots: new Map(),
    contents: new Map(),
  };
  await findSpots(search);
  await followLinks(search);
  const places = new Map<string, Place>();
  for await (const place of placesOf(search)) {
    const key = `${place.layerId} ${place.sha256} ${place.path}`;
    const twin = places.get(key);
    places.set(key, twin === undefined ? place : mergeTwins(twin, place));
  }
  const position = new Map(layers.map((layer, at) => [layer.id, at]));
  return [...places.values()].sort(
    (a, b) => compare(a.path, b.path) || (position.get(a.layerId) ?? 0) - (position.get(b.layerId) ?? 0) || compare(a.sha256, b.sha256),
  );
}

// A spot itself where something is detected in it, and what is detected in the archive that it may be.
async function* placesOf(search: Search): AsyncGenerator<Place> {
  for (const spot of [...search.spots.values()].sort(inOrder)) {
    const place = await toPlace(search, spot);
    if (place.detections.length > 0) yield place;
    if (spot.contentId === null || search.holders?.has(spot.contentId) !== true) continue;
    for await (const { path, contentId, here } of search.holders.spotsIn(spot.contentId, spot.path))
      yield { ...place, ...(await factsOf(search, contentId, here)), path };
  }
}

// The same order in every scan, since only so many places inside archives are given.
function inOrder(a: Spot, b: Spot): number {
  return a.position - b.position || compare(a.path, b.path) || a.ordinal - b.ordinal;
}

// Starts from what was detected, since that is little, and looks it up in each layer.
async function findSpots(search: Search): Promise<void> {
  for (const [stored, positions] of positionsByLayer(search.layers)) {
    for (const row of (await search.holders?.entriesOf(stored)) ?? [])
      for (const position of positions) spotAt(search, position, row).contentId = row.content_id;
    for (const engineId of search.engineIds) {
      const found = await search.sql.all<{ path: string; ordinal: number; content_id: number }>(
        `SELECT e.path, e.ordinal, e.content_id FROM verdict v CROSS JOIN file_entry e
         WHERE v.engine_id = ? AND v.detections IS NOT NULL AND e.layer_id = ? AND e.content_id = v.content_id`,
        [engineId, stored],
      );
      for (const row of found) for (const position of positions) spotAt(search, position, row).contentId = row.content_id;
      const placed = await search.sql.all<{ path: string; ordinal: number; content_id: number | null; detections: string }>(
        `SELECT p.path, p.ordinal, p.detections, e.content_id FROM place_detection p CROSS JOIN file_entry e
         WHERE p.layer_id = ? AND p.engine_id = ? AND e.layer_id = p.layer_id AND e.path = p.path AND e.ordinal = p.ordinal`,
        [stored, engineId],
      );
      for (const row of placed) {
        for (const position of positions) {
          const spot = spotAt(search, position, row);
          spot.contentId ??= row.content_id;
          spot.here.set(engineId, row.detections);
        }
      }
    }
  }
}

// Follows hard links that finish() left open because their target lies in a lower layer, and links to those links. Ends, since every link becomes a spot once.
async function followLinks(search: Search): Promise<void> {
  const open = await positionsWithOpenLinks(search);
  if (open.length === 0) return;
  const waiting = [...search.spots.values()];
  for (let spot = waiting.pop(); spot !== undefined; spot = waiting.pop()) {
    if (spot.contentId === null) continue;
    if (search.holders?.has(spot.contentId) !== true && (await contentOf(search, spot.contentId)).detections.size === 0) continue;
    for (const position of open) {
      if (position < spot.position) continue;
      for (const link of await openLinksTo(search, spot, position)) {
        const linked = spotAt(search, position, link);
        if (linked.contentId !== null) continue;
        linked.contentId = spot.contentId;
        waiting.push(linked);
      }
    }
  }
}

async function positionsWithOpenLinks(search: Search): Promise<readonly number[]> {
  const open: number[] = [];
  for (const [stored, positions] of positionsByLayer(search.layers)) {
    const row = await search.sql.get('SELECT 1 FROM file_entry WHERE layer_id = ? AND kind = 1 AND content_id IS NULL LIMIT 1', [stored]);
    if (row !== undefined) open.push(...positions);
  }
  return open.sort((a, b) => a - b);
}

// Open links of a layer whose target, when the link was unpacked, was this very spot.
async function openLinksTo(search: Search, spot: Spot, position: number): Promise<readonly { readonly path: string; readonly ordinal: number }[]> {
  const stored = search.layers[position]?.stored ?? -1;
  const same = position === spot.position;
  const after = same ? spot.ordinal : -1;
  const links = await search.sql.all<{ path: string; ordinal: number }>(
    `SELECT path, ordinal FROM file_entry e WHERE layer_id = ? AND link = ? AND kind = 1 AND content_id IS NULL AND ordinal > ?
     AND NOT EXISTS (SELECT 1 FROM file_entry t WHERE t.layer_id = e.layer_id AND t.path = e.link AND t.ordinal > ? AND t.ordinal < e.ordinal)`,
    [stored, spot.path, after, after],
  );
  if (same || links.length === 0) return links;
  return (await search.hiding.isHidden(spot, position - 1)) ? [] : links;
}

function spotAt(search: Search, position: number, entry: { readonly path: string; readonly ordinal: number }): Spot {
  const key = `${position} ${entry.ordinal} ${entry.path}`;
  const known = search.spots.get(key);
  if (known !== undefined) return known;
  const spot: Spot = { position, path: entry.path, ordinal: entry.ordinal, contentId: null, here: new Map() };
  search.spots.set(key, spot);
  return spot;
}

async function toPlace(search: Search, spot: Spot): Promise<Place> {
  return {
    ...(await factsOf(search, spot.contentId, spot.here)),
    layerId: search.layers[spot.position]?.id ?? -1,
    path: spot.path,
    hidden: await search.hiding.isHidden(spot, search.layers.length - 1),
  };
}

async function factsOf(search: Search, contentId: number | null, here: ReadonlyMap<number, string>): Promise<Omit<Place, 'layerId' | 'path' | 'hidden'>> {
  const content = contentId === null ? nothing : await contentOf(search, contentId);
  const detections = search.engineIds.flatMap((engineId) => {
    const placed = here.get(engineId);
    return [...(content.detections.get(engineId) ?? []), ...(placed === undefined ? [] : parseDetections(placed))];
  });
  const { sha256, md5, sha1, size, fileType } = content;
  return { sha256, md5, sha1, size, fileType, detections };
}

async function contentOf(search: Search, contentId: number): Promise<Content> {
  const known = search.contents.get(contentId);
  if (known !== undefined) return known;
  const row = await search.sql.get<{ sha256: Uint8Array; md5: Uint8Array | null; sha1: Uint8Array | null; size: number; file_type: FileType }>(
    'SELECT sha256, md5, sha1, size, file_type FROM content WHERE id = ?',
    [contentId],
  );
  const detections = new Map<number, readonly Detection[]>();
  for (const engineId of search.engineIds) {
    const verdict = await search.sql.get<{ detections: string }>(
      'SELECT detections FROM verdict WHERE content_id = ? AND engine_id = ? AND detections IS NOT NULL',
      [contentId, engineId],
    );
    if (verdict !== undefined) detections.set(engineId, parseDetections(verdict.detections));
  }
  const content: Content =
    row === undefined
      ? nothing
      : { sha256: digestHex(row.sha256), md5: digestHex(row.md5), sha1: digestHex(row.sha1), size: row.size, fileType: row.file_type, detections };
  search.contents.set(contentId, content);
  return content;
}

function mergeTwins(a: Place, b: Place): Place {
  const more = b.detections.length > a.detections.length ? b : a;
  return { ...more, hidden: a.hidden && b.hidden };
}

function positionsByLayer(layers: readonly StoredLayer[]): ReadonlyMap<number, readonly number[]> {
  const positions = new Map<number, number[]>();
  layers.forEach((layer, position) => {
    positions.set(layer.stored, [...(positions.get(layer.stored) ?? []), position]);
  });
  return positions;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
