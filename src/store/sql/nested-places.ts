import { outerInside, pathInside } from '#domain/nested-path.ts';
import { chunks, marks, type Sql } from '../drivers/sql.ts';
import type { InsideArchives } from '../shapes/nested.ts';
import { findEngines } from './engines.ts';

/** A member of an archive that has detections, or holds something that has. */
interface Child {
  readonly ordinal: number;
  readonly path: string;
  readonly contentId: number;
  readonly isDetected: boolean;
}

/** A detected member of an archive: its path from the outermost archive on, and where it is a member. */
export interface NestedSpot {
  readonly path: string;
  readonly contentId: number;
  /** JSON by engine number: detections that hold at this path only. */
  readonly here: ReadonlyMap<number, string>;
}

/** Archives that hold something detected, at any depth. */
export interface Holders {
  has(contentId: number): boolean;
  /** The entries of a layer that are such archives. */
  entriesOf(layerId: number): Promise<readonly { readonly path: string; readonly ordinal: number; readonly content_id: number }[]>;
  /** What is detected inside an archive that lies at `outer`. Ends when `most` of all archives together are given. */
  spotsIn(contentId: number, outer: string): AsyncGenerator<NestedSpot>;
}

/** Archives in which the engines detected something. Starts from what was detected, since that is little, and goes outwards. */
export async function findHolders(sql: Sql, engineIds: readonly number[], inside: InsideArchives | undefined): Promise<Holders | undefined> {
  if (inside === undefined || engineIds.length === 0) return undefined;
  const openerId = (await findEngines(sql, [inside.opener])).get(inside.opener);
  if (openerId === undefined) return undefined;
  const ids = await sql.all<{ id: number }>(
    `WITH RECURSIVE holder (id) AS (
       SELECT m.container_id FROM verdict v CROSS JOIN content_member m
         WHERE v.engine_id IN (${marks(engineIds.length)}) AND v.detections IS NOT NULL AND m.content_id = v.content_id AND m.engine_id = ?
       UNION SELECT container_id FROM member_detection WHERE engine_id IN (${marks(engineIds.length)}) AND opener_id = ?
       UNION SELECT m.container_id FROM holder h CROSS JOIN content_member m WHERE m.content_id = h.id AND m.engine_id = ?)
     SELECT id FROM holder ORDER BY id`,
    [...engineIds, openerId, ...engineIds, openerId, openerId],
  );
  return ids.length === 0 ? undefined : new HolderSet({ sql, engineIds, openerId, inside }, new Set(ids.map(({ id }) => id)));
}

/** Letters of a path, on average, that places may have: each repeats the names of all archives around it. */
const lettersEach = 512;

interface Ground {
  readonly sql: Sql;
  readonly engineIds: readonly number[];
  readonly openerId: number;
  readonly inside: InsideArchives;
}

interface Inside {
  readonly children: readonly Child[];
  /** Detections at a path, by ordinal. */
  readonly here: ReadonlyMap<number, ReadonlyMap<number, string>>;
}

const none: ReadonlyMap<number, string> = new Map();

class HolderSet implements Holders {
  private readonly ground: Ground;
  private readonly ids: ReadonlySet<number>;
  private readonly insides = new Map<number, Inside>();
  private given = 0;
  private letters = 0;
  private isOver = false;

  constructor(ground: Ground, ids: ReadonlySet<number>) {
    this.ground = ground;
    this.ids = ids;
  }

  has(contentId: number): boolean {
    return this.ids.has(contentId);
  }

  async entriesOf(layerId: number): Promise<readonly { readonly path: string; readonly ordinal: number; readonly content_id: number }[]> {
    const found: { readonly path: string; readonly ordinal: number; readonly content_id: number }[] = [];
    for (const part of chunks([...this.ids], CHUNK)) {
      const rows = await this.ground.sql.all<(typeof found)[number]>(
        `SELECT path, ordinal, content_id FROM file_entry WHERE layer_id = ? AND content_id IN (${marks(CHUNK)})`,
        [layerId, ...part, ...new Array<null>(CHUNK - part.length).fill(null)],
      );
      for (const row of rows) found.push(row);
    }
    return found;
  }

  async *spotsIn(contentId: number, outer: string): AsyncGenerator<NestedSpot> {
    yield* this.walk(contentId, outer, this.ground.inside.depth);
  }

  // An archive that holds itself ends at the depth.
  private async *walk(contentId: number, outer: string, depth: number): AsyncGenerator<NestedSpot> {
    const { children, here } = await this.inside(contentId);
    for (const child of children) {
      if (this.isOver) return;
      if (child.isDetected) {
        const path = pathInside(outer, child.path);
        this.letters += path.length;
        if (this.given >= this.ground.inside.most || this.letters > this.ground.inside.most * lettersEach) {
          this.isOver = true;
          this.ground.inside.onMore();
          return;
        }
        this.given += 1;
        yield { path, contentId: child.contentId, here: here.get(child.ordinal) ?? none };
      }
      if (depth > 1 && this.ids.has(child.contentId)) yield* this.walk(child.contentId, outerInside(outer, child.path), depth - 1);
    }
  }

  private async inside(contentId: number): Promise<Inside> {
    const known = this.insides.get(contentId);
    if (known !== undefined) return known;
    const { sql, engineIds, openerId } = this.ground;
    const rows = await sql.all<{ readonly ordinal: number; readonly path: string; readonly content_id: number; readonly detected: number }>(
      `SELECT ordinal, path, content_id, EXISTS (SELECT 1 FROM verdict v WHERE v.content_id = m.content_id
         AND v.engine_id IN (${marks(engineIds.length)}) AND v.detections IS NOT NULL) AS detected
       FROM content_member m WHERE container_id = ? AND engine_id = ? ORDER BY ordinal`,
      [...engineIds, contentId, openerId],
    );
    const here = await this.detectionsAt(contentId);
    const children = rows
      .filter(({ ordinal, content_id, detected }) => detected === 1 || here.has(ordinal) || this.ids.has(content_id))
      .map(({ ordinal, path, content_id, detected }) => ({ ordinal, path, contentId: content_id, isDetected: detected === 1 || here.has(ordinal) }));
    const inside = { children, here };
    this.insides.set(contentId, inside);
    return inside;
  }

  private async detectionsAt(contentId: number): Promise<Inside['here']> {
    const { sql, engineIds, openerId } = this.ground;
    const rows = await sql.all<{ readonly ordinal: number; readonly engine_id: number; readonly detections: string }>(
      `SELECT ordinal, engine_id, detections FROM member_detection WHERE container_id = ? AND opener_id = ? AND engine_id IN (${marks(engineIds.length)})`,
      [contentId, openerId, ...engineIds],
    );
    const here = new Map<number, Map<number, string>>();
    for (const { ordinal, engine_id, detections } of rows) here.set(ordinal, (here.get(ordinal) ?? new Map<number, string>()).set(engine_id, detections));
    return here;
  }
}

const CHUNK = 250;
