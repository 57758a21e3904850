import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { authenticateKey } from '#app/authenticate-key.ts';
import { initial } from '#store/migrations/0001-initial.ts';
import { appOver } from '../../test/support/app-over.ts';
import { lazaret } from '../../test/support/lazaret.ts';

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
  assert.deepEqual(
    read<readonly { readonly policies: readonly string[] }[]>('keys', 'list', '--account', 'team-a').map(({ policies }) => policies),
    [['reader']],
  );
  assert.deepEqual(JSON.parse(run('policies', 'show', 'reader', '--account', 'team-a').stdout), {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'tcss:Describe*', Resource: '*' }],
  });
  assert.match(run('policies', 'show', 'reader').stderr, /no policy reader/);
  assert.match(run('policies', 'set', 'endless', '/dev/zero').stderr, /more than 65536 characters/);
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
  assert.match(run('master-key', 'rotate').stdout, /^1 secret is sealed with a new key in /);
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
  for (const command of ['serve', 'keys create', 'master-key rotate']) {
    const { status, stderr } = run(...command.split(' '));
    assert.deepEqual([status, /not the master key that sealed.*AKID.*--master-key/.test(stderr)], [2, true], command);
  }
  writeFileSync(file, 'nonsense');
  assert.match(run('keys', 'create').stderr, /the master key cannot be read: .*openssl rand/);
  assert.equal(run('keys', 'disable', key.secretId).status, 0, 'a key can be disabled without the master key');
  rmSync(file);
  assert.equal(run('keys', 'create').status, 0, 'and then a new master key does');
});

test('two rotations and many new keys at once leave every secret readable', async (context) => {
  const { dataDir } = openFolder(context);
  const start = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await lazaret([...args, '--data', dataDir]);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const first = JSON.parse(await start('keys', 'create', '--format', 'json')) as Key;
  const created = await Promise.all([
    start('master-key', 'rotate'),
    ...Array.from({ length: 6 }, () => start('keys', 'create', '--format', 'json')),
    start('master-key', 'rotate'),
  ]);
  const keys = [first, ...created.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as Key)];
  assert.equal(keys.length, 7);
  const app = await appOver(dataDir);
  for (const { secretId, secretKey } of keys) assert.equal((await authenticateKey(app, secretId))?.secretKey, secretKey);
  await app.store.close();
});

test('keys in the environment are rotated by putting a new one first', (context) => {
  const { dataDir } = openFolder(context);
  const [old, fresh] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')];
  const run = (text: string, ...args: readonly string[]) =>
    spawnSync(process.execPath, [launcher, ...args, '--data', dataDir], { encoding: 'utf8', env: { PATH: process.env['PATH'], LAZARET_MASTER_KEY: text } });
  assert.equal(run(old, 'keys', 'create').status, 0);
  assert.match(run(old, 'master-key', 'rotate').stderr, /one key only: put a new one/);
  assert.match(run(fresh, 'keys', 'create').stderr, /not the master key/);
  assert.match(run(`${fresh},${old}`, 'master-key', 'rotate').stdout, /^1 secret is sealed with the first key of LAZARET_MASTER_KEY/);
  assert.equal(run(fresh, 'keys', 'create').status, 0);
  assert.match(run(old, 'keys', 'create').stderr, /not the master key/);
  assert.ok(!existsSync(join(dataDir, 'master.key')));
});

test('the record is shown by action, key and time', async (context) => {
  const { dataDir, run, read } = openFolder(context);
  const app = await appOver(dataDir);
  const record = {
    accountId: 'default',
    cloud: 'x',
    keyId: 'AKIDa',
    address: '::1',
    action: 'CreateThing',
    requestId: 'r',
    code: 'OK',
    input: '{"A":"\u202e"}',
  };
  for (const days of [40, 20, 0]) await app.store.audit.add({ ...record, at: Date.now() - days * 86_400_000, keyId: `AKID${days}` });
  await app.store.close();
  const keys = (...args: readonly string[]): readonly string[] => read<readonly { readonly keyId: string }[]>('audit', ...args).map(({ keyId }) => keyId);
  assert.deepEqual(keys(), ['AKID0', 'AKID20', 'AKID40']);
  assert.deepEqual(keys('--since', '30d'), ['AKID0', 'AKID20']);
  assert.deepEqual(keys('--since', new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)), ['AKID0']);
  assert.deepEqual(keys('--key', 'AKID40', '--action', 'CreateThing'), ['AKID40']);
  assert.deepEqual(keys('--action', 'Other'), []);
  const table = run('audit', '--limit', '1');
  assert.match(table.stdout, /AKID0 .*\\u\{202e\}/);
  assert.match(table.stderr, /2 more/);
  assert.match(run('audit', '--since', 'yesterday').stderr, /'yesterday' is not a time/);
});

test('a database of the first version is brought up, and its open secrets are sealed', async (context) => {
  const { dataDir, run, read } = openFolder(context);
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
  for (const statement of initial) database.exec(statement);
  database.exec('INSERT INTO schema_version (version) VALUES (1)');
  const secret = 'PlainSecretOfAnEarlierVersion000';
  database.exec(`INSERT INTO access_key (account_id, secret_id, secret_key, name, created_at) VALUES ('default', 'AKIDold', '${secret}', 'old', 1)`);
  database.close();
  assert.equal(run('keys', 'create').status, 0);
  assert.deepEqual(
    read<readonly { readonly secretId: string }[]>('keys', 'list')
      .map(({ secretId }) => secretId)
      .filter((id) => id === 'AKIDold'),
    ['AKIDold'],
  );
  const app = await appOver(dataDir);
  assert.equal((await authenticateKey(app, 'AKIDold'))?.secretKey, secret);
  assert.notEqual((await app.store.keys.find('AKIDold'))?.secretKey, secret);
  await app.store.close();
});
