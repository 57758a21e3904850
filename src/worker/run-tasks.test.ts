import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LazaretError } from '#domain/error.ts';
import { openStore } from '#store/index.ts';
import type { ImageScan, Store } from '#store/store.ts';
import { testFolder } from '../../test/support/folder.ts';
import { type Hold, runTasks } from './run-tasks.ts';

// A scan is the outside here: what it does with its claim is up to the test.

const imageId = (name: string) => `sha256:${name.padEnd(64, '0')}`;
const running: ImageScan = {
  state: 'running',
  startedAt: 1,
  finishedAt: undefined,
  progress: 50,
  remainingSeconds: 1,
  error: '',
  complete: false,
  stats: undefined,
};

class Ground {
  readonly store: Store;
  readonly logged: string[] = [];
  private readonly control = new AbortController();
  private now = Date.now();
  private readonly workers: Promise<void>[] = [];

  constructor(store: Store) {
    this.store = store;
  }

  static async open(context: TestContext): Promise<Ground> {
    const store = await openStore({ dataDir: join(testFolder(context), 'data') });
    const ground = new Ground(store);
    context.after(async () => {
      await ground.stop();
      await store.close();
    });
    return ground;
  }

  readonly clock = () => this.now + performance.now();

  /** Lets time pass for leases and deadlines. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  async task(names: readonly string[], timeoutSeconds = 3600): Promise<string> {
    for (const name of names) {
      const image = { id: imageId(name), digest: '', reference: name, platform: 'linux/amd64', created: '', author: '', size: 1, layers: [] };
      await this.store.images.save({ accountId: 'default', image, source: { target: name, platform: 'linux/amd64', insecure: false }, osName: '' }, 1);
    }
    return this.store.tasks.create('default', names.map(imageId), { timeoutSeconds, at: this.clock() });
  }

  work(scan: (target: string, hold: Hold) => Promise<unknown>, owner = 'one', signal = this.control.signal): Promise<void> {
    const work = runTasks({
      store: this.store,
      owner,
      clock: this.clock,
      signal,
      scan: (image, hold) => scan(image.source.target, hold),
      log: (event, fields) => this.logged.push(`${event} ${JSON.stringify(fields)}`),
    });
    this.workers.push(work);
    return work;
  }

  async stop(): Promise<void> {
    this.control.abort();
    await Promise.all(this.workers);
  }

  async scanOf(name: string): Promise<ImageScan | undefined> {
    return (await this.store.images.find('default', imageId(name)))?.scan;
  }

  async until(taskId: string, state: string): Promise<void> {
    for (const end = performance.now() + 8000; performance.now() < end; await sleep(20))
      if ((await this.store.tasks.find('default', taskId))?.state === state) return;
    assert.fail(`task ${taskId} is ${(await this.store.tasks.find('default', taskId))?.state}, not ${state}; ${this.logged.join(', ')}`);
  }
}

const untilAborted = ({ signal }: Hold) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new LazaretError('cancelled', 'stopped'))));

test('images are scanned one after the other, and one that fails does not stop the next', async (t) => {
  const ground = await Ground.open(t);
  const seen: string[] = [];
  const task = await ground.task(['a', 'b', 'c']);
  void ground.work(async (target) => {
    seen.push(target);
    if (target === 'b') throw new LazaretError('unreachable', 'b cannot be reached');
  });
  await ground.until(task, 'done');
  assert.deepEqual(seen, ['a', 'b', 'c']);
  const record = await ground.store.tasks.find('default', task);
  assert.deepEqual([record?.ended, record?.succeeded], [3, 2]);
  const failed = await ground.scanOf('b');
  assert.deepEqual([failed?.state, failed?.error], ['failed', 'b cannot be reached']);
});

test('a scan that is cancelled is told within a second, and may not write any more', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  const task = await ground.task(['a']);
  const held = Promise.withResolvers<Hold>();
  void ground.work((_, hold) => {
    held.resolve(hold);
    return untilAborted(hold);
  });
  const hold = await held.promise;
  assert.equal(await hold.mayPublish(), true);
  await ground.store.tasks.cancel('default', task, undefined, ground.clock());
  assert.equal(await hold.mayPublish(), false, 'at once, not only when the scan has noticed');
  const at = performance.now();
  while (!hold.signal.aborted) await sleep(10);
  assert.ok(performance.now() - at < 1000);
  await ground.until(task, 'cancelled');
  await ground.stop();
  assert.equal((await ground.scanOf('a'))?.state, 'cancelled');
});

test('a scan whose image another worker has taken writes nothing over what that one writes', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  const task = await ground.task(['a']);
  const first = Promise.withResolvers<Hold>();
  const ended = Promise.withResolvers<boolean>();
  void ground.work(async (_, hold) => {
    first.resolve(hold);
    await untilAborted(hold).catch(() => undefined);
    // As a scan does that was stopped.
    const mayPublish = await hold.mayPublish();
    if (mayPublish) await ground.store.images.setScan('default', imageId('a'), { ...running, state: 'cancelled' });
    ended.resolve(mayPublish);
    throw new LazaretError('cancelled', 'stopped');
  });
  const hold = await first.promise;
  const other = await ground.store.tasks.claim('two', ground.clock() + 60_000, ground.clock() + 120_000);
  assert.equal(other?.taskId, task);
  await ground.store.images.setScan('default', imageId('a'), running);
  assert.equal(await hold.mayPublish(), false);
  assert.equal(await ended.promise, false);
  await sleep(50);
  assert.equal((await ground.scanOf('a'))?.state, 'running');
  assert.equal((await ground.store.tasks.find('default', task))?.state, 'running');
});

test('the time of a task ends its scan with that state, whether the scan had begun or not', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  const task = await ground.task(['a'], 1);
  void ground.work((_, hold) => untilAborted(hold));
  await ground.until(task, 'timeout');
  const scan = await ground.scanOf('a');
  assert.equal(scan?.state, 'timeout');
});

test('a time longer than a timer can be set to is no time at all', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  const task = await ground.task(['a'], 40 * 24 * 3600);
  void ground.work(async (_, { signal }) => {
    await sleep(100);
    signal.throwIfAborted();
  });
  await ground.until(task, 'done');
});

test('a worker that stops leaves its image to the next one, with the state it had', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  const task = await ground.task(['a']);
  const control = new AbortController();
  const held = Promise.withResolvers<Hold>();
  const may = Promise.withResolvers<boolean>();
  const work = ground.work(
    async (_, hold) => {
      await ground.store.images.setScan('default', imageId('a'), running);
      held.resolve(hold);
      await untilAborted(hold).catch(() => undefined);
      may.resolve(await hold.mayPublish());
      throw new LazaretError('cancelled', 'stopped');
    },
    'one',
    control.signal,
  );
  await held.promise;
  control.abort();
  assert.equal(await may.promise, false);
  await work;
  assert.equal((await ground.scanOf('a'))?.state, 'running');
  assert.equal((await ground.store.tasks.find('default', task))?.ended, 0);
  ground.pass(11_000);
  void ground.work(async () => undefined, 'two');
  await ground.until(task, 'done');
});

test('a worker that was stopped while it claimed an image scans it not', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  await ground.task(['a']);
  const control = new AbortController();
  const { tasks } = ground.store;
  const claim: typeof tasks.claim = async (...given) => {
    const image = await tasks.claim(...given);
    control.abort();
    return image;
  };
  const seen: boolean[] = [];
  await runTasks({
    store: { ...ground.store, tasks: { ...tasks, claim } },
    owner: 'one',
    clock: ground.clock,
    signal: control.signal,
    scan: async (_, { signal }) => seen.push(signal.aborted),
    log: () => undefined,
  });
  assert.deepEqual(seen, [true]);
});

test('a long scan keeps its lease', { timeout: 20_000 }, async (t) => {
  const ground = await Ground.open(t);
  const task = await ground.task(['a']);
  void ground.work(async (_, hold) => {
    for (let step = 0; step < 4; step += 1) {
      ground.pass(6000);
      await sleep(600);
      assert.equal(await ground.store.tasks.claim('thief', ground.clock(), ground.clock() + 1000), undefined);
    }
    hold.signal.throwIfAborted();
  });
  await ground.until(task, 'done');
});
