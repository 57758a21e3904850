import { ancestors, baseName } from '#domain/path.ts';
import type { Sql } from '../drivers/sql.ts';

// Kinds as stored; see `entryKinds` in layers.ts.
const DIRECTORY = 3;
const WHITEOUT = 6;
const OPAQUE = 7;
/** Directories remembered at most, over all layers. */
const MEMORY = 300_000;

/** Where something is that may be hidden. */
interface Spot {
  readonly position: number;
  readonly path: string;
  readonly ordinal: number;
}

export interface Hiding {
  /** Whether layers up to the position `last` hide it. Within its own layer only later entries do; whiteouts do not. */
  isHidden(spot: Spot, last: number): Promise<boolean>;
}

/** What a layer does to everything below a directory. */
interface Facts {
  /** A whiteout of it or of an ancestor, or an opaque marker in one of them: removes what lower layers have there. */
  readonly gone: boolean;
  /** Ordinal of the last entry at it or at an ancestor that is no directory; -1 without one. */
  readonly blockedBy: number;
}

/** Answers what is hidden in an image of these inventories, lowest first, by point look-ups. */
export function createHiding(sql: Sql, layerIds: readonly number[]): Hiding {
  const factsOf = createFacts(sql);
  return {
    isHidden: async (spot, last) => {
      const own = layerIds[spot.position] ?? -1;
      if (await isReplaced(sql, own, spot)) return true;
      const parent = parentOf(spot.path);
      if ((await factsOf(own, parent)).blockedBy > spot.ordinal) return true;
      for (const layerId of layerIds.slice(spot.position + 1, last + 1)) {
        if (await isRemoved(sql, layerId, spot.path)) return true;
        const facts = await factsOf(layerId, parent);
        if (facts.gone || facts.blockedBy >= 0) return true;
      }
      return false;
    },
  };
}

async function isReplaced(sql: Sql, layerId: number, spot: Spot): Promise<boolean> {
  const row = await sql.get('SELECT 1 FROM file_entry WHERE layer_id = ? AND path = ? AND ordinal > ? LIMIT 1', [layerId, spot.path, spot.ordinal]);
  return row !== undefined;
}

async function isRemoved(sql: Sql, layerId: number, path: string): Promise<boolean> {
  const row = await sql.get<{ removed: number }>(
    `SELECT EXISTS (SELECT 1 FROM file_entry WHERE layer_id = ? AND path = ?)
       OR EXISTS (SELECT 1 FROM file_entry WHERE layer_id = ? AND path = ? AND kind = ?) AS removed`,
    [layerId, path, layerId, whiteoutOf(path), WHITEOUT],
  );
  return row?.removed === 1;
}

function createFacts(sql: Sql): (layerId: number, directory: string) => Promise<Facts> {
  const known = new Map<string, Facts>();
  return async (layerId, directory) => {
    const key = (path: string): string => `${layerId} ${path}`;
    const remembered = known.get(key(directory));
    if (remembered !== undefined) return remembered;
    if (known.size > MEMORY) known.clear();
    // From the nearest ancestor that is known, downwards; the root at last.
    const missing: string[] = [];
    let facts: Facts | undefined;
    for (const path of directory === '' ? [''] : [directory, ...ancestors(directory), '']) {
      facts = known.get(key(path));
      if (facts !== undefined) break;
      missing.push(path);
    }
    let result = facts ?? { gone: false, blockedBy: -1 };
    for (const path of missing.reverse()) {
      result = await extend(sql, { layerId, path, above: result });
      known.set(key(path), result);
    }
    return result;
  };
}

async function extend(sql: Sql, at: { readonly layerId: number; readonly path: string; readonly above: Facts }): Promise<Facts> {
  const { layerId, path, above } = at;
  const marker = path === '' ? '.wh..wh..opq' : `${path}/.wh..wh..opq`;
  const row = await sql.get<{ gone: number; blocked_by: number | null }>(
    `SELECT EXISTS (SELECT 1 FROM file_entry WHERE layer_id = ? AND path = ? AND kind = ?)
         OR EXISTS (SELECT 1 FROM file_entry WHERE layer_id = ? AND path = ? AND kind = ?) AS gone,
       (SELECT max(ordinal) FROM file_entry WHERE layer_id = ? AND path = ? AND kind <> ?) AS blocked_by`,
    [layerId, marker, OPAQUE, layerId, whiteoutOf(path), WHITEOUT, layerId, path, DIRECTORY],
  );
  if (row === undefined) return above;
  return { gone: above.gone || row.gone === 1, blockedBy: Math.max(above.blockedBy, row.blocked_by ?? -1) };
}

function whiteoutOf(path: string): string {
  const parent = parentOf(path);
  return parent === '' ? `.wh.${path}` : `${parent}/.wh.${baseName(path)}`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
