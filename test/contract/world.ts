import { randomBytes } from 'node:crypto';
import { createAccount } from '#app/accounts.ts';
import type { AccessKey, App } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import type { Finding } from '#domain/finding.ts';
import type { ScanState } from '#domain/scan.ts';
import type { NewRegistry, Store } from '#store/store.ts';
import { aDetection, aFinding, anImage, aScan, someTime, storeImage } from '../support/stored-images.ts';

/** An account of its own for one case and one client, with images in every state. */
export interface World {
  readonly app: App;
  readonly store: Store;
  readonly accountId: string;
  readonly key: AccessKey;
  /** The client that drives the case. */
  readonly client: string;
  /** Ids of images of this machine. */
  readonly images: Readonly<Record<LocalImage, string>>;
  /** Ids of images that only registries have. */
  readonly far: Readonly<Record<FarImage, string>>;
  /** Ids of registries. */
  readonly registries: { readonly harbor: number; readonly acr: number };
}

type LocalImage = 'infected' | 'mild' | 'clean' | 'failed' | 'late' | 'running' | 'queued' | 'cancelled' | 'never' | 'replaced' | 'fixed';
type FarImage = 'infected' | 'clean' | 'failed' | 'running' | 'never';

/** What the world's account is made of, for cases that need more of it. */
export const worldNames = {
  harbor: { name: 'harbor-1', address: 'harbor.example' },
  acr: { name: 'acr-1', address: 'acr.example', region: 'cn-hangzhou' },
  hosts: ['host-1', 'host-2'],
} as const;

const day = 24 * 3600_000;

/** Makes the account of a case. Its name must be new. */
export async function makeWorld(app: App, name: string, client: string): Promise<World> {
  const { store } = app;
  const account = await createAccount(app, name, randomBytes);
  const key = await createKey(app, account.id, { name: 'test', randomBytes });
  return store.transaction(async () => {
    const registries = await addRegistries(store, account.id);
    const images = await storeLocalImages(store, account.id);
    const far = await storeFarImages(store, account.id);
    return { app, store, accountId: account.id, key, client, images, far, registries };
  });
}

async function addRegistries(store: Store, accountId: string): Promise<World['registries']> {
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
  const base = { accountId, insecure: false, username: '', secret: '', policy } satisfies Partial<NewRegistry>;
  return {
    harbor: await store.registries.add({ ...base, ...worldNames.harbor, kind: 'harbor', region: '' }, someTime),
    acr: await store.registries.add({ ...base, ...worldNames.acr, kind: 'acr' }, someTime + 1000),
  };
}

/** Findings of every severity, by engines of two kinds, with and without texts of their authors. */
function someFindings(prefix: string): readonly (Finding & { readonly sha1: string })[] {
  const listed = aDetection({
    engine: 'reputation',
    kind: 'reputation',
    name: 'Linux.Trojan.Listed',
    description: { en: 'A listed trojan.', zh: '' },
    advice: { en: 'Look it up.', zh: '' },
  });
  const both = {
    name: 'Linux.Trojan.Listed',
    severity: 'high',
    tags: ['trojan', 'elf'],
    detections: [listed, aDetection({ description: { en: '', zh: '' }, advice: { en: '', zh: '' } })],
  } as const;
  return [
    aFinding(`${prefix}/shell.php`),
    aFinding(`${prefix}/listed`, {
      verdict: both,
      size: 4096,
      fileType: 'elf',
      layer: 'sha256:5d20c808ce198565ff70b3ed23a991dd49afac45dece63474b27ce6ed036adc6',
    }),
    aFinding(`${prefix}/miner`, { name: 'Linux.CoinMiner.Xmrig', severity: 'medium', size: 77 }),
    aFinding(`${prefix}/tool`, { name: 'Linux.HackTool.Scan', severity: 'low' }),
    aFinding(`${prefix}/odd`, { name: 'Text.Suspicious.Odd', severity: 'notice' }),
    aFinding(`${prefix}/gone`, { hidden: true }),
  ];
}

async function storeLocalImages(store: Store, accountId: string): Promise<World['images']> {
  const put = (name: string, over: Parameters<typeof anImage>[1], more: Parameters<typeof storeImage>[2]): Promise<string> =>
    storeImage(store, anImage(name, over), { accountId, ...more });
  const state = (name: ScanState, more: Partial<ReturnType<typeof aScan>> = {}) => ({ scan: aScan({ state: name, ...more }) });
  const busy = { finishedAt: undefined, complete: false } as const;
  const [here, there] = worldNames.hosts;
  const replaced = await put('team/app:1', { size: 900 }, { ...state('done'), findings: [aFinding('/old/miner', { severity: 'low' })], host: here });
  const app = { size: 123_456, platform: 'linux/arm64' };
  await put('team/app:2', app, { at: someTime + day, host: there });
  const infected = await put('team/app:2', app, { ...state('done'), at: someTime + day, host: here });
  await seeMore(store, { accountId, imageId: infected }, '/srv');
  return {
    replaced,
    infected,
    mild: await put(
      'team/web:1',
      {},
      { ...state('done', { startedAt: someTime + 1000 }), findings: [aFinding('/srv/tool', { name: 'Linux.HackTool.Scan', severity: 'low' })] },
    ),
    clean: await put(
      'base/os:12',
      { author: '', created: '2023-01-01T00:00:00Z', layers: [] },
      { ...state('done', { finishedAt: someTime + 9000 }), findings: [], osName: 'Alpine Linux v3.20' },
    ),
    failed: await put('team/failed:1', {}, state('failed', { error: 'the archive is cut short' })),
    late: await put('team/late:1', {}, state('timeout', { error: 'out of time' })),
    running: await put('team/running:1', {}, state('running', { ...busy, progress: 40.5, remainingSeconds: 30 })),
    queued: await put('team/queued:1', {}, state('queued', { ...busy, progress: 0 })),
    cancelled: await put('team/cancelled:1', {}, state('cancelled', { progress: 10 })),
    never: await put('team/never:1', { digest: '' }, {}),
    fixed: await fixOne(store, accountId),
  };
}

// The later of two scans sees more, and could not look at the first finding again.
async function seeMore(store: Store, image: { readonly accountId: string; readonly imageId: string }, prefix: string): Promise<void> {
  const { accountId, imageId } = image;
  const findings = someFindings(prefix);
  await store.images.setFindings(accountId, imageId, { findings: findings.slice(0, 3), at: someTime + day, partial: false });
  const unlooked = findings.slice(0, 1).map(({ path, layer }) => ({ path, layer, reason: 'too large' }));
  await store.images.setFindings(accountId, imageId, { findings: findings.slice(1), at: someTime + 2 * day, partial: false, unlooked });
}

// Two scans: the second does not see any more what the first one saw.
async function fixOne(store: Store, accountId: string): Promise<string> {
  const image = anImage('team/fixed:1');
  await storeImage(store, image, { accountId, scan: aScan(), findings: [aFinding('/opt/fixed', { name: 'Linux.Worm.Old' })] });
  await store.images.setFindings(accountId, image.id, { findings: [], at: someTime + day, partial: false });
  return image.id;
}

async function storeFarImages(store: Store, accountId: string): Promise<World['far']> {
  const put = (name: string, more: Parameters<typeof storeImage>[2], over: Parameters<typeof anImage>[1] = {}): Promise<string> =>
    storeImage(store, anImage(name, over), { accountId, local: false, ...more });
  const { harbor, acr } = worldNames;
  const infected = await put(`${harbor.address}/prod/api:1`, { scan: aScan(), at: someTime + 2 * day });
  await seeMore(store, { accountId, imageId: infected }, '/far');
  return {
    infected,
    clean: await put(
      `${acr.address}/shop/cart:7`,
      { scan: aScan({ finishedAt: someTime + 7000 }), findings: [], osName: 'Alpine Linux v3.20' },
      { size: 777, created: '2023-06-01T00:00:00Z' },
    ),
    failed: await put(`${harbor.address}/prod/broken:1`, { scan: aScan({ state: 'failed', error: 'the registry refused' }) }),
    running: await put(`${acr.address}/shop/cart:8`, {
      scan: aScan({ state: 'running', finishedAt: undefined, progress: 20, remainingSeconds: 60, complete: false }),
      findings: [aFinding('/far/miner', { severity: 'medium' })],
    }),
    never: await put(`${harbor.address}/prod/new:1`, {}),
  };
}
