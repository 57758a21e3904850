import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Detection } from '#domain/detection.ts';
import { defaultLimits, type Limits } from '#domain/limits.ts';
import type { ByteEngine, DigestEngine, Engine } from '#engines/engine.ts';
import { Budget } from '#scan/budget.ts';
import { engineSet } from '#scan/engine-set.ts';
import { InspectorPool } from '#scan/inspect/pool.ts';
import { Recorder, SkipList } from '#scan/recorder.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { testFolder } from './folder.ts';

/** The program whose judge does what a content says; see there. */
export const hostileInspector = new URL('./hostile-inspector.ts', import.meta.url);

/** An engine that has the hostile inspector judge. */
export function byteEngine(more: Partial<ByteEngine> = {}): ByteEngine {
  const recipe = { engine: 'yara', pack: 'test', backend: 'native', files: {}, engineSeconds: 1, readsPath: false } as const;
  return { name: 'yara', kind: 'signature', pack: 'test', fingerprint: '1', reads: 'bytes', readsPath: false, recipe, ...more };
}

/** An engine that calls the given SHA-256 bad and others good. */
export function digestEngine(bad: readonly string[], good: readonly string[] = [], fingerprint = '1'): DigestEngine {
  return {
    name: 'reputation',
    kind: 'reputation',
    pack: 'list',
    fingerprint,
    reads: 'digests',
    needsSha1: false,
    lookup: ({ sha256 }) => ({ detections: bad.includes(sha256) ? [detection({ kind: 'reputation', rule: 'listed' })] : [], allowed: good.includes(sha256) }),
  };
}

export function detection(more: Partial<Detection> = {}): Detection {
  const none = { en: '', zh: '' };
  return {
    engine: 'yara',
    kind: 'signature',
    rule: 'evil',
    pack: 'test',
    name: 'Test.Trojan.Evil',
    severity: 'high',
    tags: [],
    author: '',
    reference: '',
    licence: '',
    description: none,
    advice: none,
    ...more,
  };
}

/** All that the reading of one layer needs, over a real store and real inspectors. */
export interface Ground {
  readonly folder: string;
  readonly store: Store;
  readonly pool: InspectorPool;
  readonly recorder: Recorder;
  readonly limits: Limits;
  readonly engines: ReturnType<typeof engineSet>;
  readonly layer: { readonly id: number; readonly diffId: string; readonly skips: SkipList };
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** What the budget said when it was spent. */
  readonly spent: string[];
}

export async function openGround(
  context: TestContext,
  more: { readonly limits?: Partial<Limits>; readonly engines?: readonly Engine[]; readonly fileSeconds?: number; readonly program?: URL } = {},
): Promise<Ground> {
  const folder = testFolder(context);
  const store = await openStore({ dataDir: join(folder, 'data') });
  const limits = { ...defaultLimits, ...more.limits };
  const engines = engineSet(more.engines ?? [byteEngine()], limits);
  const pool = new InspectorPool({ program: more.program ?? hostileInspector, fileSeconds: more.fileSeconds ?? 30, inspectorBytes: 2 ** 31 }, 2);
  context.after(async () => {
    pool.close();
    await store.close();
  });
  pool.start(engines.byteEngines.map((engine) => engine.recipe));
  const diffId = `sha256:${'1'.repeat(64)}`;
  const layer = { id: await store.layers.begin(diffId), diffId, skips: new SkipList() };
  const spent: string[] = [];
  return {
    folder,
    store,
    pool,
    recorder: new Recorder(store),
    limits,
    engines,
    layer,
    budget: new Budget(limits, (reason) => spent.push(reason)),
    signal: new AbortController().signal,
    spent,
  };
}

/** What was found in the layer, as `path name`. */
export async function foundIn({ store, recorder, layer, engines }: Ground): Promise<readonly string[]> {
  await recorder.flush();
  const { members: opener, depth, most } = engines.opener;
  const places = await store.layers.places([layer.id], engines.allKeys, { opener, depth, most, onMore: () => undefined });
  return places.map((place) => `${place.path} ${place.detections.map((one) => one.rule).join('+')}`);
}
