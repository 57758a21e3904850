import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testFolder } from '../support/folder.ts';
import { lazaret } from '../support/lazaret.ts';
import { startServing } from '../support/serving.ts';
import { sdks } from '../support/tencent-sdks.ts';

interface Key {
  readonly secretId: string;
  readonly secretKey: string;
}

test('two servers go on while the master key is rotated, and know keys that are made afterwards', { timeout: 60_000 }, async (context) => {
  const data = testFolder(context);
  const run = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await lazaret([...args, '--data', data]);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const create = async (): Promise<Key> => JSON.parse(await run('keys', 'create', '--format', 'json')) as Key;
  const before = await create();
  const servers = await Promise.all([startServing(data, ['--no-scanning']), startServing(data, ['--no-scanning'])]);
  context.after(() => Promise.all(servers.map((server) => server.stop())));
  const [sdk] = sdks;
  assert.ok(sdk);
  const ask = async (keys: readonly Key[]): Promise<void> => {
    for (const { endpoint } of servers) {
      for (const key of keys) {
        const call = sdk.connect({ endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } });
        assert.equal((await call('DescribeAssetImageList', {}))['TotalCount'], 0);
      }
    }
  };
  await ask([before]);
  assert.match(await run('master-key', 'rotate'), /^1 secret/);
  const between = await create();
  await ask([before, between]);
  assert.match(await run('master-key', 'rotate'), /^2 secrets/);
  await ask([before, between, await create()]);
  await run('keys', 'disable', before.secretId);
  await assert.rejects(ask([before]), { code: 'AuthFailure.SecretIdNotFound' });
});

test('an account sees its own images alone', { timeout: 60_000 }, async (context) => {
  const folder = testFolder(context);
  const data = ['--data', `${folder}/data`];
  assert.equal((await lazaret(['accounts', 'create', 'team', ...data])).status, 0);
  const target = `dir:${import.meta.dirname}/../support/samples`;
  assert.match((await lazaret(['scan', target, '--account', 'nobody', ...data])).stderr, /lazaret accounts create nobody/);
  const scan = await lazaret(['scan', target, '--account', 'team', '--no-builtin-rules', '--format', 'json', ...data]);
  assert.equal(scan.status, 0, scan.stderr);
  const server = await startServing(`${folder}/data`, ['--no-scanning']);
  context.after(() => server.stop());
  const totals = await Promise.all(
    ['team', 'default'].map(async (account) => {
      const key = JSON.parse((await lazaret(['keys', 'create', '--account', account, '--format', 'json', ...data])).stdout) as Key;
      const call = sdks[0]?.connect({ endpoint: server.endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } });
      return (await call?.('DescribeAssetImageList', {}))?.['TotalCount'];
    }),
  );
  assert.deepEqual(totals, [1, 0]);
});
