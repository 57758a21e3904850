import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { appOver } from '../../test/support/app-over.ts';
import { testFolder } from '../../test/support/folder.ts';
import { addRegistry as storeRegistry } from '../../test/support/stored-registries.ts';
import type { App } from './app.ts';
import { queueDueSyncs } from './queue-due-syncs.ts';
import { defaultPolicy } from './registries.ts';

const at = (text: string) => Date.parse(`2026-01-${text}Z`);

async function prepare(
  context: TestContext,
  schedule: string,
): Promise<{ readonly app: App; readonly id: number; readonly state: () => Promise<string | undefined> }> {
  const app = await appOver(join(testFolder(context), 'data'));
  context.after(() => app.store.close());
  const id = await storeRegistry(app.store, { policy: { ...defaultPolicy, schedule } });
  const registry = await app.store.registries.find('default', id);
  assert.ok(registry);
  await app.store.registries.update(id, registry, at('01T12:00:00'));
  return { app, id, state: async () => (await app.store.registries.find('default', id))?.sync.state };
}

test('a sync is queued when its time has come since the last one began, once for all that passed', async (context) => {
  const { app, id, state } = await prepare(context, '0 3 * * *');
  assert.equal(await queueDueSyncs(app, at('02T02:59:59')), 0);
  assert.equal(await queueDueSyncs(app, at('04T03:00:00')), 1);
  assert.equal(await queueDueSyncs(app, at('04T03:00:01')), 0);
  assert.equal(await state(), 'queued');
  const claimed = await app.store.registries.claimSync({ owner: 'w', at: at('04T03:00:02'), leaseUntil: at('04T03:01:00') });
  assert.equal(claimed?.id, id);
  assert.equal(await queueDueSyncs(app, at('05T03:00:01')), 0);
  await app.store.registries.setSync('default', id, { ...claimed.sync, state: 'failed', finishedAt: at('04T03:00:03'), error: 'no host' });
  assert.equal(await queueDueSyncs(app, at('05T02:59:59')), 0);
  assert.equal(await queueDueSyncs(app, at('05T03:00:00')), 1);
});

test('of several processes that look at the same time one queues it', async (context) => {
  const { app } = await prepare(context, '*/5 * * * *');
  const others = await Promise.all([appOver(app.dataDir), appOver(app.dataDir)]);
  context.after(() => Promise.all(others.map((other) => other.store.close())));
  const queued = await Promise.all([app, ...others].map((each) => queueDueSyncs(each, at('01T12:05:00'))));
  assert.equal(
    queued.reduce((sum, one) => sum + one, 0),
    1,
  );
});

test('without a schedule nothing is due', async (context) => {
  const { app, state } = await prepare(context, '');
  assert.equal(await queueDueSyncs(app, at('31T00:00:00')), 0);
  assert.equal(await state(), 'never');
});
