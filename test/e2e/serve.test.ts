import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testFolder } from '../support/folder.ts';
import { buildImage, dockerArchive, file, type TestImage } from '../support/images.ts';
import { descendants, killTree, lazaret, startLazaret } from '../support/lazaret.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { type SdkClient, sdks } from '../support/tencent-sdks.ts';

// The real server with its scanning process, asked through the vendor's SDK.

const marker = ['LAZARET', 'TEST', 'MALWARE'].join('-');
const quickRules = `rule Marked { meta: name = "Test.Trojan.Marked" severity = "high" strings: $a = "${marker}" condition: $a }`;
// Looks at every byte in a loop, so that a scan takes seconds.
const slowRules = `${quickRules} rule Slow { condition: filesize > 100KB and for any i in (1..filesize) : ( for any j in (1..8) : ( uint8(i + j) == 1 and uint8(i + j + 1) == 2 and uint8(i + j + 2) == 3 and uint8(i + j + 3) == 4 ) ) }`;

class Ground {
  readonly folder: string;
  readonly data: string;
  readonly rules: string;
  readonly image: TestImage;
  readonly archive: string;

  constructor(context: TestContext, rules: string, fillers: number) {
    this.folder = testFolder(context);
    this.data = join(this.folder, 'data');
    this.rules = join(this.folder, 'rules.yar');
    writeFileSync(this.rules, rules);
    const noise = Array.from({ length: fillers }, (_, n) => file(`noise/${n}`, randomBytes(1_000_000)));
    this.image = buildImage({
      layers: [
        { entries: [file('bin/bad', marker)], packing: 'gzip' },
        { entries: noise, packing: 'none' },
      ],
    });
    this.archive = join(this.folder, 'image.tar');
    writeFileSync(this.archive, dockerArchive({ 'team/app:1': this.image }, { layout: 'blobs' }));
  }

  serve(context: TestContext): Promise<Serving> {
    const serving = startServing(this.data, ['--no-builtin-rules', '--rules', this.rules]);
    context.after(async () => (await serving).stop());
    return serving;
  }

  async client(serving: Serving): Promise<SdkClient> {
    const key = JSON.parse((await lazaret(['keys', 'create', '--data', this.data, '--format', 'json'])).stdout) as {
      readonly secretId: string;
      readonly secretKey: string;
    };
    const [sdk] = sdks;
    assert.ok(sdk);
    return sdk.connect({ endpoint: serving.endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } });
  }

  /** Makes the image known with rules that see nothing, so that a task has something to do. */
  async introduce(): Promise<void> {
    const { status, stderr } = await lazaret(['scan', this.archive, '--data', this.data, '--no-builtin-rules', '--format', 'json']);
    assert.equal(status, 0, stderr);
  }
}

async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean, seconds = 30): Promise<T> {
  for (const end = performance.now() + seconds * 1000; ; ) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > end) throw new Error(`not within ${seconds} s; last answer ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

test('a scan task scans the image in the background and its findings are answered', async (t) => {
  const ground = new Ground(t, quickRules, 3);
  await ground.introduce();
  const serving = await ground.serve(t);
  const call = await ground.client(serving);
  const image = { ImageID: ground.image.configDigest };
  assert.equal((await call('DescribeAssetImageVirusList', image))['TotalCount'], 0);
  const { TaskID } = await call('CreateAssetImageScanTask', { Images: [image.ImageID], ScanVirus: true });
  const ended = await until(
    () => call('DescribeAssetImageScanStatus', { TaskID }),
    (status) => status['Status'] === 'END',
  );
  assert.deepEqual([ended['ImageTotal'], ended['ImageScanCnt'], ended['SuccessCount'], ended['RiskCount'], ended['Schedule']], [1, 1, 1, 1, 100]);
  const answer = await call('DescribeAssetImageVirusList', image);
  assert.equal(answer['VirusScanStatus'], 2);
  assert.deepEqual(
    (answer['List'] as readonly { readonly Path: string; readonly VirusName: string }[]).map((one) => [one.Path, one.VirusName]),
    [['/bin/bad', 'Test.Trojan.Marked']],
  );
});

test('findings are answered while the scan still runs, and a stop takes effect in under two seconds', async (t) => {
  const ground = new Ground(t, slowRules, 60);
  await ground.introduce();
  const serving = await ground.serve(t);
  const call = await ground.client(serving);
  const image = { ImageID: ground.image.configDigest };
  const { TaskID } = await call('CreateAssetImageScanTask', { Images: [image.ImageID], ScanVirus: true });
  const running = await until(
    () => call('DescribeAssetImageVirusList', image),
    (answer) => answer['TotalCount'] === 1,
  );
  assert.equal(running['VirusScanStatus'], 1);
  const at = performance.now();
  await call('ModifyAssetImageScanStop', { TaskID });
  await until(
    () => call('DescribeAssetImageVirusList', image),
    (answer) => answer['VirusScanStatus'] === 4,
    2,
  );
  const worker = serving.running.child.pid ?? 0;
  await until(
    async () => descendants(worker, 'inspector').length,
    (count) => count === 0,
    2,
  );
  assert.ok(performance.now() - at < 2000, `took ${performance.now() - at} ms`);
  assert.equal((await call('DescribeAssetImageVirusList', image))['TotalCount'], 1, 'what was found stays');
});

test('a server that is killed loses no finding, and the next one goes on with the scan', async (t) => {
  const ground = new Ground(t, slowRules, 40);
  await ground.introduce();
  const first = await startServing(ground.data, ['--no-builtin-rules', '--rules', ground.rules]);
  const call = await ground.client(first);
  const image = { ImageID: ground.image.configDigest };
  const { TaskID } = await call('CreateAssetImageScanTask', { Images: [image.ImageID], ScanVirus: true });
  await until(
    () => call('DescribeAssetImageVirusList', image),
    (answer) => answer['TotalCount'] === 1,
  );
  killTree(first.running.child.pid ?? 0);
  await first.running.ended;
  const second = await ground.serve(t);
  const again = await ground.client(second);
  assert.equal((await again('DescribeAssetImageVirusList', image))['TotalCount'], 1);
  const ended = await until(
    () => again('DescribeAssetImageScanStatus', { TaskID }),
    (status) => status['Status'] === 'END',
    90,
  );
  assert.equal(ended['SuccessCount'], 1);
  assert.equal((await again('DescribeAssetImageVirusList', image))['VirusScanStatus'], 2);
});

test('SIGTERM ends the server cleanly and leaves the scan to the next one', async (t) => {
  const ground = new Ground(t, slowRules, 40);
  await ground.introduce();
  const first = await startServing(ground.data, ['--no-builtin-rules', '--rules', ground.rules]);
  const call = await ground.client(first);
  const { TaskID } = await call('CreateAssetImageScanTask', { Images: [ground.image.configDigest], ScanVirus: true });
  await until(
    () => call('DescribeAssetImageScanStatus', { TaskID }),
    (status) => status['Status'] === 'SCANNING',
  );
  assert.equal(await first.stop(), 0);
  const second = await ground.serve(t);
  const again = await ground.client(second);
  await until(
    () => again('DescribeAssetImageScanStatus', { TaskID }),
    (status) => status['Status'] === 'END',
    90,
  );
});

test('an image that cannot be reached any more fails its task with the reason', async (t) => {
  const ground = new Ground(t, quickRules, 1);
  await ground.introduce();
  const { rmSync } = await import('node:fs');
  rmSync(ground.archive);
  const serving = await ground.serve(t);
  const call = await ground.client(serving);
  const image = { ImageID: ground.image.configDigest };
  const { TaskID } = await call('CreateAssetImageScanTask', { Images: [image.ImageID], ScanVirus: true });
  await until(
    () => call('DescribeAssetImageScanStatus', { TaskID }),
    (status) => status['Status'] === 'END',
  );
  const detail = await call('DescribeAssetImageDetail', image);
  assert.match(String(detail['ScanVirusError']), /image\.tar/);
  assert.equal((await call('DescribeAssetImageVirusList', image))['VirusScanStatus'], 3);
});

test('a scan by the command line that was killed is marked as failed at the next start of a server', async (t) => {
  const ground = new Ground(t, slowRules, 60);
  const scanning = startLazaret(['scan', ground.archive, '--data', ground.data, '--no-builtin-rules', '--rules', ground.rules, '--format', 'json']);
  const { openStore } = await import('#store/index.ts');
  const store = await openStore({ dataDir: ground.data });
  try {
    const scanOf = async () => (await store.images.find('default', ground.image.configDigest))?.scan?.state;
    await until(scanOf, (state) => state === 'running');
    killTree(scanning.child.pid ?? 0);
    await scanning.ended;
    assert.equal(await scanOf(), 'running');
    assert.equal(await store.images.endInterrupted(Date.now()), 0, 'not while it may only be slow');
    assert.equal(await store.images.endInterrupted(Date.now() + 61_000), 1);
    assert.equal(await scanOf(), 'failed');
  } finally {
    await store.close();
  }
});

test('health, readiness and metrics are answered without a key', async (t) => {
  const ground = new Ground(t, quickRules, 0);
  const serving = await ground.serve(t);
  const get = async (path: string) => {
    const response = await fetch(`http://${serving.endpoint}${path}`);
    return { status: response.status, text: await response.text() };
  };
  assert.equal((await get('/healthz')).status, 200);
  assert.equal((await get('/readyz')).status, 200);
  assert.match((await get('/metrics')).text, /lazaret_requests_total/);
  assert.equal((await get('/nothing')).status, 404);
});
