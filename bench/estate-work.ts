import { createHash } from 'node:crypto';
import type { Image } from '#domain/image.ts';
import { type TaskOrigin, taskOrigins } from '#domain/scan.ts';
import type { Store } from '#store/store.ts';

const accountId = 'default';
const day = 86_400_000;
const imagesOfTask = 10;
/** An account may have so many exports. */
const mostExports = 1000;
const owner = 'bench';

/** What was asked for in an estate, by the ids that calls take; the first and the last of each, and some between. */
export interface WorkFacts {
  readonly localTasks: readonly string[];
  readonly registryTasks: readonly string[];
  readonly exports: readonly string[];
  /** MD5 of files that were handed in. */
  readonly files: readonly string[];
}

/** Adds what people asked for: scan tasks over one image in five, exports of one in twenty, files handed in of one in ten; most of it has ended. */
export async function storeWork(store: Store, images: readonly Image[], now: number): Promise<WorkFacts> {
  const tasks = { local: [] as string[], registry: [] as string[] };
  for (let start = 0; start + imagesOfTask <= images.length; start += 5 * imagesOfTask) {
    const origin = taskOrigins[(start / (5 * imagesOfTask)) % taskOrigins.length] as TaskOrigin;
    const id = await storeTask(store, { images: images.slice(start, start + imagesOfTask), origin, at: now - 30 * day + start });
    tasks[origin.startsWith('registry') ? 'registry' : 'local'].push(id);
  }
  const exported = Math.min(mostExports, Math.ceil(images.length / 20));
  const exports = await inOne(store, exported, (index) => storeExport(store, { image: images[index * 20] ?? images[0], index, now }));
  const files = await inOne(store, Math.ceil(images.length / 10), (index) => storeFile(store, index, now));
  return { localTasks: someOf(tasks.local), registryTasks: someOf(tasks.registry), exports: someOf(exports), files: someOf(files) };
}

function someOf(ids: readonly string[]): readonly string[] {
  return [...new Set([0, 0.3, 0.7, 1].flatMap((part) => ids[Math.floor(part * (ids.length - 1))] ?? []))];
}

async function inOne(store: Store, count: number, make: (index: number) => Promise<string>): Promise<readonly string[]> {
  return store.transaction(async () => {
    const ids: string[] = [];
    for (let index = 0; index < count; index++) ids.push(await make(index));
    return ids;
  });
}

interface StoredTask {
  readonly images: readonly Image[];
  readonly origin: TaskOrigin;
  readonly at: number;
}

async function storeTask(store: Store, { images, origin, at }: StoredTask): Promise<string> {
  return store.transaction(async () => {
    const ids = images.map(({ id }) => id);
    const id = await store.tasks.create(accountId, ids, { timeoutSeconds: 3600, at, origin });
    for (const index of ids.keys()) {
      const image = await store.tasks.claim(owner, at, at + day);
      if (image !== undefined) await store.tasks.finish(owner, image, index === 3 ? 'failed' : 'done', at + index);
    }
    return id;
  });
}

async function storeExport(
  store: Store,
  { image, index, now }: { readonly image: Image | undefined; readonly index: number; readonly now: number },
): Promise<string> {
  const query = { imageId: image?.id ?? '', hidden: false, offset: 0, by: 'path', order: 'asc' } as const;
  const request = { rows: 'findings', title: 'T', language: 'en', zoneMinutes: 480, columns: [{ heading: 'Path', field: 'path' }], query } as const;
  const source = index % 2 === 0 ? 'local' : 'registry';
  const id = await store.exports.create({ accountId, source, name: `export-${index}.xlsx`, request, expiresAt: now + day }, now - index * 1000);
  const job = await store.exports.claim(owner, now, now + day);
  if (job !== undefined) await store.exports.finish(owner, job.id, { failure: index % 10 === 9 ? 'the disk is full' : undefined, at: now });
  return id;
}

async function storeFile(store: Store, index: number, now: number): Promise<string> {
  const name = `file ${index}`;
  const hashKey = createHash('md5').update(name).digest('hex');
  await store.fileDetections.submit({ accountId, hashKey, file: name, url: '', unpack: { layers: 2, files: 10 } }, now);
  const job = await store.fileDetections.claim(owner, now, now + day);
  const members = ['a', 'b', 'c'].map((path) => ({ ...judgedFile(`${name} ${path}`), path }));
  const outcome = { state: 'done', result: { ...judgedFile(name), md5: hashKey }, members } as const;
  if (job !== undefined) await store.fileDetections.finish(owner, job.id, { outcome, at: now, keepUntil: now + day });
  return hashKey;
}

function judgedFile(text: string) {
  const digestOf = (algorithm: string): string => createHash(algorithm).update(text).digest('hex');
  const digests = { sha256: digestOf('sha256'), md5: digestOf('md5'), sha1: digestOf('sha1') };
  return { ...digests, size: 1000, fileType: 'archive', format: 'zip', places: [], verdict: undefined, skipped: [] } as const;
}
