import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dispatch } from './dispatch.ts';
import { commands } from './main.ts';
import { testIo } from './test-io.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-keys-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function call(cwd: string, ...args: string[]) {
  const { io, output } = testIo({ cwd, randomBytes });
  return { status: await dispatch(commands, ['keys', ...args, '--data', 'data'], io), ...output() };
}

test('a key is made, listed without its secret, and disabled', async (t) => {
  const cwd = folder(t);
  const created = await call(cwd, 'create', '--name', 'ci \u001b[31m', '--format', 'json');
  assert.equal(created.status, 0);
  const key = JSON.parse(created.stdout) as { readonly secretId: string; readonly secretKey: string };
  assert.deepEqual(Object.keys(key), ['secretId', 'secretKey', 'name', 'policies', 'createdAt']);
  assert.match(key.secretId, /^AKID\w{32}$/);
  assert.equal(created.stderr, '');

  const listed = await call(cwd, 'list', '--format=json');
  assert.deepEqual(JSON.parse(listed.stdout), [
    { secretId: key.secretId, name: 'ci \u001b[31m', policies: [], createdAt: '2024-01-02T03:04:05Z', disabledAt: null },
  ]);
  const table = await call(cwd, 'list');
  assert.match(table.stdout, /^SECRETID +NAME +POLICIES +CREATED +STATE\nAKID\w{32} +ci \\x1b\[31m +everything +2024-01-02T03:04:05Z +works\n$/);
  for (const { stdout, stderr } of [listed, table]) assert.ok(!(stdout + stderr).includes(key.secretKey));

  assert.deepEqual(await call(cwd, 'disable', key.secretId), { status: 0, stdout: `${key.secretId} is disabled.\n`, stderr: '' });
  assert.match((await call(cwd, 'list')).stdout, /disabled 2024-01-02T03:04:05Z\n$/);
  const again = JSON.parse((await call(cwd, 'list', '-f', 'json')).stdout) as readonly { readonly disabledAt: string }[];
  assert.equal(again[0]?.disabledAt, '2024-01-02T03:04:05Z');
});

test('a key for people is two lines that can be copied, and a word of warning', async (t) => {
  const { status, stdout, stderr } = await call(folder(t), 'create');
  assert.equal(status, 0);
  assert.match(stdout, /^SecretId {3}AKID\w{32}\nSecretKey {2}\w{32}\n$/);
  assert.match(stderr, /not shown again/);
});

test('no keys at all are told as such', async (t) => {
  const cwd = folder(t);
  const { status, stdout, stderr } = await call(cwd, 'list');
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
  assert.match(stderr, /no access key yet/);
  assert.equal((await call(cwd, 'list', '--format', 'json')).stdout, '[]\n');
  assert.deepEqual(readdirSync(cwd), ['data']);
});

test('an unknown key and a name too long are errors', async (t) => {
  const cwd = folder(t);
  const unknown = await call(cwd, 'disable', 'AKIDnone');
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /^lazaret: .*AKIDnone/);
  const long = await call(cwd, 'create', '--name', 'x'.repeat(200));
  assert.equal(long.status, 2);
  assert.equal(long.stdout, '');
});
