import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '#store/index.ts';
import { testFolder } from '../../test/support/folder.ts';
import { descendants } from '../../test/support/lazaret.ts';
import { until } from '../../test/support/until.ts';
import { superviseWorker } from './supervise.ts';

function settingsIn(folder: string) {
  return {
    dataDir: join(folder, 'data'),
    cacheDir: join(folder, 'cache'),
    choice: { rules: [], hashes: [], builtin: false },
    masterKeyFile: undefined,
    masterKeyInEnvironment: false,
    fetch: { maxBytes: 1, allowPrivate: false },
  };
}

function supervised(context: TestContext) {
  const folder = testFolder(context);
  const control = new AbortController();
  const events: Readonly<Record<string, unknown>>[] = [];
  const settings = settingsIn(folder);
  const done = superviseWorker({ settings, signal: control.signal, onEvent: (event) => events.push(event) });
  const workers = () => descendants(process.pid, settings.dataDir);
  context.after(async () => {
    control.abort();
    await done;
  });
  return { settings, events, done, workers, stop: () => control.abort() };
}

test('a worker that is killed is told of and replaced, and the stop ends the last one', { timeout: 60_000 }, async (t) => {
  const { events, done, workers, stop } = supervised(t);
  await until(() => workers().length === 1, 'a worker');
  const [first = 0] = workers();
  process.kill(first, 'SIGKILL');
  await until(() => workers().some((pid) => pid !== first), 'another worker');
  assert.deepEqual(events, [{ event: 'worker ended', status: 'SIGKILL' }]);
  stop();
  await done;
  assert.deepEqual(workers(), []);
});

test('a worker tells what it does with a task', { timeout: 60_000 }, async (t) => {
  const { settings, events, workers } = supervised(t);
  await until(() => workers().length === 1, 'a worker');
  const store = await openStore(settings);
  t.after(() => store.close());
  const image = { id: `sha256:${'a'.repeat(64)}`, digest: '', reference: 'gone', platform: '', created: '', author: '', size: 0, layers: [] };
  await store.images.save(
    { accountId: 'default', image, source: { target: join(settings.dataDir, 'gone.tar'), platform: 'linux/amd64', insecure: false }, osName: '' },
    1,
  );
  const task = await store.tasks.create('default', [image.id], { timeoutSeconds: 60, at: Date.now() });
  await until(async () => (await store.tasks.find('default', task))?.state === 'failed', 'the end of the task');
  await until(() => events.length === 2, 'both events');
  assert.deepEqual(
    events.map((event) => event['event']),
    ['scan start', 'scan end'],
  );
  assert.equal(events[1]?.['state'], 'failed');
});

test('a worker whose server was killed ends by itself and without a word', { timeout: 60_000 }, async (t) => {
  const settings = settingsIn(testFolder(t));
  const program = `import { superviseWorker } from ${JSON.stringify(new URL('./supervise.ts', import.meta.url).href)};
    await superviseWorker({ settings: ${JSON.stringify(settings)}, signal: new AbortController().signal, onEvent: () => undefined });`;
  const server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const closed = new Promise((done) => server.stderr.once('close', done));
  const main = 'worker/main.ts';
  await until(() => descendants(server.pid ?? 0, main).length === 1, 'a worker');
  await sleep(500);
  server.kill('SIGKILL');
  // The worker holds standard error open until it ends.
  await closed;
  assert.equal(said, '');
});
