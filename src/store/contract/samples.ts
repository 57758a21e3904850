import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Detection } from '#domain/detection.ts';
import { type ErrorCode, LazaretError } from '#domain/error.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import type { Finding, Verdict } from '#domain/finding.ts';
import type { Severity } from '#domain/severity.ts';
import type { ContentRecord, FindingQuery, ImageQuery, ImageScan, LayerEntry, LayerRecord, Store } from '../store.ts';

export const summary: Omit<LayerRecord, 'id' | 'diffId'> = { files: 2, contents: 1, bytes: 3, osName: '', skipped: [], engines: new Set() };

export const scan: ImageScan = {
  state: 'done',
  startedAt: 100,
  finishedAt: 200,
  progress: 100,
  remainingSeconds: 0,
  error: '',
  complete: true,
  stats: { files: 1, contents: 1, bytes: 1, inspectedContents: 1, cachedContents: 0, cachedLayers: 0, openedArchives: 0, durationMs: 5 },
};

export const imageQuery: ImageQuery = { accountId: 'one', offset: 0, limit: 100, by: 'lastSeen', order: 'desc' };
export const findingQuery: FindingQuery = { accountId: 'one', imageId: '', offset: 0, limit: 100, hidden: false, by: 'path', order: 'desc' };

export function sha(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

export function detection(rule: string): Detection {
  return {
    engine: 'yara',
    kind: 'signature',
    rule,
    pack: 'p',
    name: `Linux.Trojan.${rule}`,
    severity: 'high',
    tags: ['t'],
    author: '',
    reference: '',
    licence: '',
    description: { en: "it's \u0000", zh: '木马' },
    advice: { en: '', zh: '' },
  };
}

export function verdict(name: string, severity: Severity): Verdict {
  return { name, severity, tags: ['t'], detections: [detection(name)] };
}

export function content(name: string, verdicts: Readonly<Record<string, readonly Detection[]>>): ContentRecord {
  return {
    sha256: sha(name),
    md5: sha(name).slice(0, 32),
    sha1: sha(name).slice(0, 40),
    size: 68,
    fileType: 'text',
    verdicts: new Map(Object.entries(verdicts)),
  };
}

export function entry(path: string, ordinal: number, kind: FileEntry['kind'], link = ''): LayerEntry {
  return { path, ordinal, kind, link, size: 0, mode: 0o644, mtime: 1, uid: 0, gid: 0, sha256: undefined };
}

export function file(path: string, ordinal: number, name: string): LayerEntry {
  return { ...entry(path, ordinal, 'file'), size: 68, sha256: sha(name) };
}

export async function layer(
  store: Store,
  diffId: string,
  entries: readonly LayerEntry[],
  record = summary,
  places: Parameters<Store['layers']['addPlaceDetections']>[1] = [],
): Promise<number> {
  const id = await store.layers.begin(diffId);
  await store.layers.add(id, entries);
  await store.layers.addPlaceDetections(id, places);
  await store.layers.finish(id, record);
  return id;
}

export async function paths(store: Store, layerIds: readonly number[]): Promise<readonly string[]> {
  return (await store.layers.places(layerIds, ['e'])).map((place) => place.path);
}

export function imageRecord(accountId: string, name: string): Parameters<Store['images']['save']>[0] {
  return {
    accountId,
    image: {
      id: `sha256:${name}`,
      digest: `sha256:m${name}`,
      reference: `team/${name}:1`,
      platform: 'linux/amd64',
      created: '2024-01-01T00:00:00Z',
      author: 'me',
      size: 5,
      layers: ['l1', 'l2'].map((diffId) => ({ digest: `d${diffId}`, diffId, size: 3, createdBy: `RUN '${diffId}'` })),
    },
    source: { target: `team/${name}:1`, platform: 'linux/amd64', insecure: false },
    osName: 'Debian',
  };
}

export function finding(path: string): Finding & { readonly sha1: string } {
  return {
    path: `/${path}`,
    size: 68,
    fileType: 'elf',
    layer: 'l1',
    hidden: false,
    verdict: verdict('Test', 'high'),
    sha256: sha('finding'),
    md5: sha('finding').slice(0, 32),
    sha1: '',
  };
}

export function without<T, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

export async function rejects(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error) => error instanceof LazaretError && error.code === code);
}
