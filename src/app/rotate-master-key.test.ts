import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openMasterVault } from '#lib/master-vault.ts';
import { appOver } from '../../test/support/app-over.ts';
import { testFolder } from '../../test/support/folder.ts';
import type { App } from './app.ts';
import { authenticateKey } from './authenticate-key.ts';
import { createKey } from './create-key.ts';
import { disableKey } from './disable-key.ts';
import { rotateMasterKey } from './rotate-master-key.ts';

const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };

function sourceOf(dataDir: string) {
  return { text: undefined, file: undefined, dataDir };
}

async function addRegistry({ store }: App, name: string, secret: string): Promise<void> {
  const registry = {
    accountId: 'default',
    name,
    kind: 'docker',
    address: `${name}.example`,
    region: '',
    insecure: false,
    username: 'u',
    secret,
    policy,
  } as const;
  await store.registries.add(registry, 1);
}

test('a rotation seals keys and registries anew, and leaves what nobody can open', async (context) => {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  context.after(() => app.store.close());
  const key = await createKey(app, 'default', { name: '', randomBytes });
  const gone = await createKey({ ...app, vault: openMasterVault({ ...sourceOf(dataDir), text: randomBytes(32).toString('hex') }) }, 'default', {
    name: '',
    randomBytes,
  });
  await disableKey(app, 'default', gone.secretId);
  await addRegistry(app, 'one', app.vault.seal('password'));
  await addRegistry(app, 'two', '');
  const before = await app.store.registries.all();
  assert.equal(await rotateMasterKey(app, sourceOf(dataDir)), 2);
  const vault = openMasterVault(sourceOf(dataDir));
  assert.equal((await authenticateKey({ ...app, vault }, key.secretId))?.secretKey, key.secretKey);
  const after = await app.store.registries.all();
  assert.deepEqual(
    after.map(({ secret }) => (secret === '' ? '' : vault.open(secret))),
    ['password', ''],
  );
  const others = (registries: typeof after): readonly object[] => registries.map(({ secret: _, ...rest }) => rest);
  assert.deepEqual(others(after), others(before), 'nothing else of them changes');
  assert.equal(readFileSync(join(dataDir, 'master.key'), 'utf8').trim().split('\n').length, 1);
});

test('a rotation that cannot open a working key changes nothing', async (context) => {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  context.after(() => app.store.close());
  const key = await createKey(app, 'default', { name: '', randomBytes });
  await app.store.keys.create({ ...key, secretId: 'AKIDforeign', secretKey: 'v1.000000000000.AAAA' });
  await assert.rejects(rotateMasterKey(app, sourceOf(dataDir)));
  const vault = openMasterVault(sourceOf(dataDir));
  assert.equal((await authenticateKey({ ...app, vault }, key.secretId))?.secretKey, key.secretKey);
});

test('a rotation that is killed at any moment leaves every secret readable, and the next one clears up', { timeout: 60_000 }, async (context) => {
  const dataDir = testFolder(context);
  const first = await appOver(dataDir);
  const keys = await Promise.all(Array.from({ length: 500 }, () => createKey(first, 'default', { name: '', randomBytes })));
  await first.store.close();
  const file = join(dataDir, 'master.key');
  const rotate = `
    const { rotateMasterKey } = await import(${JSON.stringify(import.meta.resolve('./rotate-master-key.ts'))});
    const { openStore } = await import(${JSON.stringify(import.meta.resolve('../store/index.ts'))});
    const store = await openStore({ dataDir: ${JSON.stringify(dataDir)} });
    console.log('begin');
    await rotateMasterKey({ store }, ${JSON.stringify({ dataDir })});
    await store.close();`;
  const run = async (milliseconds: number): Promise<void> => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', rotate], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    if (Number.isFinite(milliseconds)) await sleep(milliseconds).then(() => child.kill('SIGKILL'));
    await ended;
  };
  let broken = 0;
  for (let round = 0; round < 12; round++) {
    await run(round * 5);
    if (readFileSync(file, 'utf8').trim().split('\n').length > 1) broken += 1;
    const app = await appOver(dataDir);
    for (const { secretId, secretKey } of keys) assert.equal((await authenticateKey(app, secretId))?.secretKey, secretKey, `round ${round}`);
    await app.store.close();
  }
  assert.ok(broken > 0, 'some were killed in the middle');
  await run(Number.POSITIVE_INFINITY);
  assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1);
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => name.startsWith('master.key')),
    ['master.key'],
  );
});
