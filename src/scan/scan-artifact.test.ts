import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { ImageArtifact } from '#artifacts/source.ts';
import { LazaretError } from '#domain/error.ts';
import { defaultLimits, type Limits } from '#domain/limits.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { testFolder } from '../../test/support/folder.ts';
import { buildImage, file, gnuSparse, hardlink, type LayerSpec, layerTar, paxSparse, type TestImage } from '../../test/support/images.ts';
import { byteEngine, hostileInspector } from '../../test/support/scanning.ts';
import { engineSet } from './engine-set.ts';
import { InspectorPool } from './inspect/pool.ts';
import type { ScanProgress, ScanReport } from './report.ts';
import { ScanFailure, type ScanOptions, scanArtifact } from './scan-artifact.ts';

// Whole scans of images in memory; the source is the outside.

const accountId = 'default';
const source = { target: 'test', platform: 'linux/amd64', insecure: false };

function artifactOf(built: TestImage, openLayer?: (digest: string) => Readable | Promise<Readable>): ImageArtifact {
  const layers = built.layers.map(({ digest, diffId, blob, createdBy }) => ({ digest, diffId, size: blob.length, createdBy }));
  const image = {
    id: built.configDigest,
    digest: built.manifestDigest,
    reference: 'test',
    platform: built.platform,
    created: '',
    author: '',
    size: layers.reduce((sum, layer) => sum + layer.size, 0),
    layers,
  };
  const open =
    openLayer ?? ((digest) => Readable.from([built.layers.find((layer) => layer.digest === digest)?.blob ?? Buffer.alloc(0)], { objectMode: false }));
  return { kind: 'oci-layout', image, openLayer: async ({ digest }) => open(digest), close: async () => undefined };
}

class Bench {
  readonly store: Store;
  readonly progress: ScanProgress[] = [];

  constructor(store: Store) {
    this.store = store;
  }

  static async open(context: TestContext): Promise<Bench> {
    const store = await openStore({ dataDir: join(testFolder(context), 'data') });
    context.after(() => store.close());
    return new Bench(store);
  }

  scan(artifact: ImageArtifact, more: Partial<Omit<ScanOptions, 'limits'>> & { readonly limits?: Partial<Limits> } = {}): Promise<ScanReport> {
    const limits = { ...defaultLimits, ...more.limits };
    const signal = new AbortController().signal;
    const options = {
      store: this.store,
      engines: engineSet([byteEngine()], limits),
      pool: new InspectorPool({ program: hostileInspector, fileSeconds: limits.fileSeconds, inspectorBytes: limits.inspectorBytes }, 2),
      clock: Date.now,
      signal,
      accountId,
      source,
      mayPublish: async () => true,
    };
    return scanArtifact(artifact, { ...options, onProgress: (progress) => this.progress.push(progress), ...more, limits });
  }

  async stateOf(artifact: ImageArtifact): Promise<string | undefined> {
    return (await this.store.images.find(accountId, artifact.image.id))?.scan?.state;
  }
}

const image = (...layers: readonly LayerSpec[]) => buildImage({ layers });
const paths = (report: ScanReport) => report.findings.map((finding) => finding.path);
const reasons = (report: ScanReport) => report.skipped.map(({ path, reason }) => `${path}: ${reason}`);

test('thousands of sparse files in a small layer end at the limit, soon, with what was before them found', { timeout: 60_000 }, async (t) => {
  const bench = await Bench.open(t);
  const sparse = (build: typeof gnuSparse) =>
    Array.from({ length: 3000 }, (_, n) => build(`s${n}`, 100_000_000, [{ offset: 50_000_000, data: Buffer.from(`data ${n}`) }]));
  for (const build of [gnuSparse, paxSparse]) {
    const before = process.memoryUsage().rss;
    const report = await bench.scan(artifactOf(image({ entries: [file('first', `EVIL ${build.name}`), ...sparse(build)], packing: 'gzip' })));
    assert.deepEqual(paths(report), ['/first']);
    assert.match(reasons(report).join(), /unpacks to more than 250 times/);
    assert.equal(report.complete, false);
    assert.ok(report.stats.durationMs < 20_000, `took ${report.stats.durationMs} ms`);
    assert.ok(process.memoryUsage().rss - before < 700_000_000, `grew by ${process.memoryUsage().rss - before} bytes`);
  }
  const few = await bench.scan(artifactOf(image({ entries: sparse(gnuSparse).slice(0, 20), packing: 'none' })), {
    limits: { layerRatio: 1e9, imageBytes: 500_000_000 },
  });
  assert.match(reasons(few).join(), /unpacks to more than 500000000 bytes/);
});

test('sparse files within the limits are judged by the bytes a container sees', async (t) => {
  const bench = await Bench.open(t);
  const report = await bench.scan(
    artifactOf(
      image({
        entries: [
          gnuSparse('old', 6_000_000, [{ offset: 5_999_996, data: Buffer.from('EVIL') }]),
          paxSparse('new', 3_000_000, [
            { offset: 1000, data: Buffer.from('EV') },
            { offset: 1002, data: Buffer.from('IL') },
          ]),
          gnuSparse('split', 100, [
            { offset: 0, data: Buffer.from('EV') },
            { offset: 50, data: Buffer.from('IL') },
          ]),
        ],
        packing: 'none',
      }),
    ),
  );
  assert.deepEqual(paths(report), ['/new', '/old']);
});

test('sizes of sparse files that add up beyond all numbers spoil neither report nor store', async (t) => {
  const bench = await Bench.open(t);
  const huge = [1, 2, 3].map((n) => paxSparse(`s${n}`, Number.MAX_SAFE_INTEGER, [{ offset: 0, data: Buffer.from('EVIL') }]));
  const artifact = artifactOf(image({ entries: [...huge, file('small', 'EVIL')], packing: 'none' }));
  const first = await bench.scan(artifact);
  assert.equal(first.stats.bytes, Number.MAX_SAFE_INTEGER);
  const second = await bench.scan(artifact);
  assert.deepEqual(second.findings, first.findings);
  assert.equal(second.stats.cachedLayers, 1);
});

test('links left out for their number keep a layer from counting as known', async (t) => {
  const bench = await Bench.open(t);
  const artifact = artifactOf(
    image({ entries: [file('f', 'EVIL'), ...[1, 2, 3, 4].map((n) => hardlink(`l${n}`, 'f')), file('g', 'EVIL too')], packing: 'gzip' }),
  );
  for (const run of [1, 2]) {
    const report = await bench.scan(artifact, { limits: { imageLinks: 2 } });
    assert.deepEqual(paths(report), ['/f', '/g', '/l1', '/l2'], `run ${run}`);
    assert.match(reasons(report).join(), /more than 2 hard links/);
    assert.equal(report.complete, false);
  }
  assert.deepEqual(paths(await bench.scan(artifact)), ['/f', '/g', '/l1', '/l2', '/l3', '/l4']);
});

test('a content an engine gave up on is tried again by the next scan, and only it', async (t) => {
  const bench = await Bench.open(t);
  const artifact = artifactOf(image({ entries: [file('a', 'EVIL'), file('b', 'THROW')], packing: 'gzip' }, { entries: [file('c', 'fine')], packing: 'gzip' }));
  const first = await bench.scan(artifact);
  assert.deepEqual(reasons(first), ['/b: test: this engine gives up']);
  const second = await bench.scan(artifact);
  assert.deepEqual([second.stats.cachedLayers, second.stats.inspectedContents, second.stats.cachedContents], [1, 1, 2]);
  assert.deepEqual([second.findings, second.skipped], [first.findings, first.skipped]);
});

test('what lies before the damage in a layer is found all the same', async (t) => {
  const bench = await Bench.open(t);
  const tar = layerTar([file('a', 'EVIL'), file('b', 'x'.repeat(5000))]);
  for (const damaged of [tar.subarray(0, 3000), Buffer.concat([tar.subarray(0, 1024), Buffer.alloc(512, 'garbage')])]) {
    await assert.rejects(bench.scan(artifactOf(image({ tar: damaged, packing: 'gzip' }))), (error) => {
      assert.ok(error instanceof ScanFailure);
      assert.ok(error.cause instanceof LazaretError && error.cause.code === 'corrupt');
      assert.deepEqual(paths(error.report), ['/a']);
      assert.equal(error.report.complete, false);
      return true;
    });
  }
});

test('a blob that is longer than its manifest says never makes more than all of it', async (t) => {
  const bench = await Bench.open(t);
  const built = image({ entries: Array.from({ length: 50 }, (_, n) => file(`f${n}`, Buffer.alloc(200_000, String(n)))), packing: 'none' });
  const artifact = artifactOf(built);
  const shrunk = { ...artifact, image: { ...artifact.image, size: 1000, layers: artifact.image.layers.map((layer) => ({ ...layer, size: 1000 })) } };
  await bench.scan(shrunk);
  assert.ok(bench.progress.length > 0);
  for (const { bytes, totalBytes } of bench.progress) assert.ok(bytes <= totalBytes, `${bytes} of ${totalBytes}`);
});

test('a layer that is not there is skipped, the others are not, and the progress goes on over it', async (t) => {
  const bench = await Bench.open(t);
  const built = image({ entries: [file('a', 'EVIL')], packing: 'gzip' }, { entries: [file('b', 'EVIL too')], packing: 'gzip' });
  const missing = built.layers[0]?.digest ?? '';
  const whole = artifactOf(built);
  const artifact: ImageArtifact = {
    ...whole,
    openLayer: async (layer, signal) => {
      if (layer.digest === missing) throw new LazaretError('not-found', 'kept elsewhere');
      return whole.openLayer(layer, signal);
    },
  };
  const report = await bench.scan(artifact);
  assert.deepEqual(paths(report), ['/b']);
  assert.deepEqual(reasons(report), [': kept elsewhere']);
  assert.equal(bench.progress.at(-1)?.bytes, artifact.image.size);
});

test('a stop is noticed while an inspector is busy, and what was found is kept', { timeout: 30_000 }, async (t) => {
  const bench = await Bench.open(t);
  const hanging = Array.from({ length: 40 }, (_, n) => file(`h${n}`, Buffer.concat([Buffer.from(`HANG!${n}`), Buffer.alloc(1_000_000)])));
  const artifact = artifactOf(
    image(
      { entries: [file('a', 'EVIL'), ...Array.from({ length: 5000 }, (_, n) => file(`c${n}`, `clean ${n}`))], packing: 'none' },
      { entries: hanging, packing: 'none' },
    ),
  );
  const control = new AbortController();
  const scan = bench.scan(artifact, { signal: control.signal });
  setTimeout(() => control.abort(new Error('enough')), 3000);
  let at = 0;
  control.signal.addEventListener('abort', () => {
    at = performance.now();
  });
  await assert.rejects(scan, (error) => {
    assert.ok(error instanceof ScanFailure && error.message === 'enough');
    assert.deepEqual(paths(error.report), ['/a']);
    return true;
  });
  assert.ok(performance.now() - at < 1000, `took ${performance.now() - at} ms`);
  assert.equal(await bench.stateOf(artifact), 'cancelled');
});

test('a scan that may not publish writes neither state nor findings', async (t) => {
  const bench = await Bench.open(t);
  const artifact = artifactOf(image({ entries: [file('a', 'EVIL')], packing: 'gzip' }));
  const report = await bench.scan(artifact, { mayPublish: async () => false });
  assert.deepEqual(paths(report), ['/a']);
  assert.equal(await bench.stateOf(artifact), undefined);
  const record = await bench.store.images.find(accountId, artifact.image.id);
  assert.equal(record?.findings, 0);
});

test('the last word of a scan is its end, however long the store takes for it', { timeout: 30_000 }, async (t) => {
  const bench = await Bench.open(t);
  const artifact = artifactOf(image({ entries: [file('a', 'EVIL')], packing: 'gzip' }));
  const states: string[] = [];
  const { images } = bench.store;
  // A store that is kept waiting by another process, long enough for a scan that lives to say so.
  const slow: Store = {
    ...bench.store,
    images: {
      ...images,
      setFindings: async (...given) => {
        await images.setFindings(...given);
        if (given[2].partial) return;
        states.push('waiting');
        await new Promise((done) => setTimeout(done, 6000));
      },
      setScan: async (account, id, scan) => {
        states.push(scan.state);
        await images.setScan(account, id, scan);
      },
    },
  };
  await bench.scan(artifact, { store: slow });
  assert.equal(states[0], 'running');
  assert.deepEqual(states.slice(states.indexOf('waiting')), ['waiting', 'done']);
});

test('the same image in the same state of the store gives the same report', async (t) => {
  const entries = Array.from({ length: 300 }, (_, n) => file(`f${n % 7}/${n}`, n % 10 === 0 ? `EVIL ${n % 30}` : n % 11 === 0 ? 'THROW' : `clean ${n % 40}`));
  const artifact = artifactOf(image({ entries, packing: 'gzip' }, { entries: entries.toReversed().slice(0, 100), packing: 'zstd' }));
  const reports: unknown[] = [];
  for (let run = 0; run < 3; run += 1) {
    const bench = await Bench.open(t);
    const report = await bench.scan(artifact);
    reports.push({ ...report, stats: { ...report.stats, durationMs: 0 } });
    assert.ok(report.stats.cachedContents >= 0);
  }
  assert.deepEqual(reports[1], reports[0]);
  assert.deepEqual(reports[2], reports[0]);
});

test('inventories that a limit cut short do not stay in the store', async (t) => {
  const bench = await Bench.open(t);
  const built = image({ entries: Array.from({ length: 20 }, (_, n) => file(`f${n}`, `EVIL ${n}`)), packing: 'gzip' });
  const abandoned: number[] = [];
  const { layers } = bench.store;
  const watched: Store = { ...bench.store, layers: { ...layers, abandon: async (id) => (abandoned.push(id), layers.abandon(id)) } };
  const report = await bench.scan(artifactOf(built), { store: watched, limits: { imageEntries: 5 } });
  assert.equal(report.findings.length, 5);
  assert.equal(abandoned.length, 1);
});

test('an os-release that is too large to be hashed does not lend its name to the next file', async (t) => {
  const bench = await Bench.open(t);
  const artifact = artifactOf(image({ entries: [file('etc/os-release', 'NAME=Large'), file('x', 'NAME=Wrong')], packing: 'none' }));
  await bench.scan(artifact, { limits: { hashBytes: 5 } });
  assert.equal((await bench.store.images.find(accountId, artifact.image.id))?.osName, '');
});
