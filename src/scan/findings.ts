import type { Digests } from '#domain/file-entry.ts';
import type { Finding, Skipped } from '#domain/finding.ts';
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

/** The findings of an image from what the store knows of its layers, lowest first. Contents on a list of known good ones are left out. What could not be listed is skipped. */
export async function findingsOf(
  store: Store,
  layers: readonly ReadLayer[],
  engines: EngineSet,
): Promise<{ readonly findings: readonly StoredFinding[]; readonly skipped: readonly Skipped[] }> {
  const { members, depth, most } = engines.opener;
  const skipped: Skipped[] = [];
  const onMore = () =>
    void skipped.push({ path: '', layer: '', reason: `there are more than ${most} findings inside archives; the rest of them is not listed` });
  const places = await store.layers.places(
    layers.map((layer) => layer.id),
    engines.allKeys,
    { opener: members, depth, most, onMore },
  );
  const diffIds = new Map(layers.map((layer) => [layer.id, layer.diffId]));
  const findings = places.filter((place) => !isAllowed(place, place.size, engines)).map((place) => findingAt(place, diffIds.get(place.layerId) ?? ''));
  return { findings, skipped };
}

function isAllowed(digests: Digests, size: number, engines: EngineSet): boolean {
  return engines.byDigest.some((member) => member.engine.lookup(digests, size).allowed);
}

function findingAt(place: Place, layer: string): StoredFinding {
  const { sha256, md5, sha1, size, fileType, hidden } = place;
  return { path: displayPath(place.path), sha256, md5, sha1, size, fileType, layer, hidden, verdict: judge(place.detections) };
}
