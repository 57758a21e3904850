import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCall } from '../../test/support/cloud-call.ts';
import { pruneAudit } from './prune-audit.ts';

test('records are forgotten once they are too old, however many there are, and not after a stop', async (context) => {
  const { app } = await openCall(context);
  const record = { accountId: 'default', cloud: 'x', keyId: 'k', address: '', action: 'a', requestId: 'r', code: 'OK', input: '{}' };
  const now = app.clock();
  await app.store.transaction(async () => {
    for (let age = 1; age <= 2500; age++) await app.store.audit.add({ ...record, at: now - age });
  });
  assert.equal(await pruneAudit(app, 100, AbortSignal.abort()), 0);
  assert.equal(await pruneAudit(app, 100, new AbortController().signal), 2400);
  assert.equal((await app.store.audit.list({ accountId: 'default', offset: 0, limit: 1 })).total, 100);
});
