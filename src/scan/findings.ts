import type { Digests } from '#domain/file-entry.ts';
import type { Finding } from '#domain/finding.ts';
import { displayPath } from '#domain/path.ts';
import type { Place, Store } from '#store/store.ts';
import type { EngineSet } from './engine-set.ts';
import { judge } from './judge.ts';

export type StoredFinding = Finding & { readonly sha1: string };

/** A layer that was read or known: its row in the store and its diff id ('' for a directory). */
export interface ReadLayer {
  readonly id: number;
  readonly diffId: string;
}

/** The findings of an image from what the store knows of its layers, lowest first. Contents on a list of known good ones are left out. */
export async function findingsOf(store: Store, layers: readonly ReadLayer[], engines: EngineSet): Promise<readonly StoredFinding[]> {
  const places = await store.layers.places(
    layers.map((layer) => layer.id),
    engines.allKeys,
  );
  const diffIds = new Map(layers.map((layer) => [layer.id, layer.diffId]));
  return places.filter((place) => !isAllowed(place, place.size, engines)).map((place) => findingAt(place, diffIds.get(place.layerId) ?? ''));
}

function isAllowed(digests: Digests, size: number, engines: EngineSet): boolean {
  return engines.byDigest.some((member) => member.engine.lookup(digests, size).allowed);
}

function findingAt(place: Place, layer: string): StoredFinding {
  const { sha256, md5, sha1, size, fileType, hidden } = place;
  return { path: displayPath(place.path), sha256, md5, sha1, size, fileType, layer, hidden, verdict: judge(place.detections) };
}
