import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { authenticateKey } from '#app/authenticate-key.ts';
import { appOver } from '../../test/support/app-over.ts';

const launcher = resolve(import.meta.dirname, '../../bin/lazaret');

function openFolder(context: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazaret-accounts-'));
  context.after(() => rmSync(dataDir, { recursive: true }));
  const run = (...args: readonly string[]) => spawnSync(process.execPath, [launcher, ...args, '--data', dataDir], { encoding: 'utf8' });
  const read = <T>(...args: readonly string[]): T => {
    const { status, stdout, stderr } = run(...args, '--format', 'json');
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  return { dataDir, run, read };
}

interface Key {
  readonly secretId: string;
  readonly secretKey: string;
}

test('an account has keys of its own, and policies bind those that are made with them', async (context) => {
  const { dataDir, run, read } = openFolder(context);
  const account = read<{ readonly id: string }>('accounts', 'create', 'team-a');
  assert.match(account.id, /^\d{12}$/);
  assert.deepEqual(
    read<readonly { readonly name: string }[]>('accounts', 'list').map(({ name }) => name),
    ['default', 'team-a'],
  );
  assert.equal(run('accounts', 'create', 'team-a').status, 2);
  const file = join(dataDir, 'policy.json');
  writeFileSync(file, '{"Version":"1","Statement":[{"Effect":"Allow","Action":"tcss:Describe*","Resource":"*"}]}');
  assert.equal(run('policies', 'set', 'reader', file, '--account', 'team-a').status, 0);
  writeFileSync(file, '{"Version":"1"}');
  assert.match(run('policies', 'set', 'broken', file).stderr, /Statement/);
  const key = read<Key>('keys', 'create', '--account', 'team-a', '--policy', 'reader');
  assert.match(run('keys', 'create', '--policy', 'reader').stderr, /no policy reader/);
  assert.match(run('keys', 'create', '--account', 'nobody').stderr, /lazaret accounts create nobody/);
  assert.match(run('policies', 'remove', 'reader', '--account', 'team-a').stderr, /disable the key first/);
  assert.deepEqual(read('keys', 'list'), []);
  const app = await appOver(dataDir);
  const working = await authenticateKey(app, key.secretId);
  assert.deepEqual([working?.accountId, working?.policies?.length, working?.secretKey], [account.id, 1, key.secretKey]);
  await app.store.close();
});

test('a new master key opens what the old one sealed, and the old one nothing', async (context) => {
  const { dataDir, run, read } = openFolder(context);
  const key = read<Key>('keys', 'create');
  const file = join(dataDir, 'master.key');
  const old = readFileSync(file, 'utf8');
  assert.match(run('master-key', 'rotate').stdout, /^1 secrets/);
  assert.notEqual(readFileSync(file, 'utf8'), old);
  const secret = async (): Promise<string | undefined> => {
    const app = await appOver(dataDir);
    try {
      return (await authenticateKey(app, key.secretId))?.secretKey;
    } finally {
      await app.store.close();
    }
  };
  assert.equal(await secret(), key.secretKey);
  writeFileSync(file, old);
  await assert.rejects(secret(), { code: 'corrupt', message: /another master key/ });
});
