import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { appOver } from '../../test/support/app-over.ts';
import { testFolder } from '../../test/support/folder.ts';
import { dispatch } from './dispatch.ts';
import { commands } from './main.ts';
import { testIo } from './test-io.ts';

interface Shown {
  readonly name: string;
  readonly kind: string;
  readonly address: string;
  readonly hasPassword: boolean;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly sync: Readonly<Record<string, unknown>>;
}

function prepare(context: TestContext) {
  const cwd = testFolder(context);
  writeFileSync(join(cwd, 'password'), 'open-sesame\nsecond line\n');
  const call = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { io, output } = testIo({ cwd, randomBytes, env });
    return { status: await dispatch(commands, ['registry', ...args, '--data', 'data'], io), ...output() };
  };
  const show = async (name: string) => JSON.parse((await call(['show', name, '-f', 'json'])).stdout) as Shown;
  const secretOf = async () => {
    const { store, vault } = await appOver(join(cwd, 'data'));
    const [registry] = await store.registries.all();
    await store.close();
    return registry === undefined || registry.secret === '' ? '' : vault.open(registry.secret);
  };
  return { call, show, secretOf };
}

test('a registry is added with a password from a file, changed, shown and removed, and the password is never told', async (context) => {
  const { call, show, secretOf } = prepare(context);
  const policy = ['--repository', 'team/app', '--tag-pattern', 'v*', '--newest-tags', '3', '--schedule', '0 3 * * *', '--scan-new'];
  const added = await call(['add', 'main', 'hub.example:5000', '--kind', 'harbor', '--username', 'robot', '--password-file', 'password', ...policy]);
  assert.deepEqual([added.status, added.stdout], [0, 'main is added: lazaret registry sync main\n']);
  assert.equal(await secretOf(), 'open-sesame');
  const shown = await show('main');
  assert.deepEqual([shown.kind, shown.address, shown.hasPassword], ['harbor', 'hub.example:5000', true]);
  assert.deepEqual(shown.policy, {
    repositories: ['team/app'],
    repositoryPatterns: [],
    tagPatterns: ['v*'],
    newestTags: 3,
    schedule: '0 3 * * *',
    scanNew: true,
  });
  assert.deepEqual(shown.sync, { state: 'never', startedAt: null, finishedAt: null, nextAt: '2024-01-03T03:00:00Z', error: '' });
  assert.equal(
    (await call(['update', 'main', '--name', 'hub', '--no-scan-new', '--clear', 'tag-patterns', '--tag-pattern', '1.*'])).stdout,
    'hub is changed.\n',
  );
  const changed = await show('hub');
  assert.deepEqual([changed.policy['scanNew'], changed.policy['tagPatterns'], changed.policy['repositories']], [false, ['1.*'], ['team/app']]);
  assert.equal(await secretOf(), 'open-sesame');
  const table = await call(['list']);
  assert.match(table.stdout, /^NAME +ADDRESS +KIND +SCHEDULE +STATE +LAST\nhub +hub\.example:5000 +harbor +0 3 \* \* \* +never\n$/);
  const text = await call(['show', 'hub']);
  assert.match(text.stdout, /Log-in +as robot\n/);
  assert.match(text.stdout, /Holds +0 repositories, 0 tags; 0 with malware, 0 not scanned\n/);
  for (const { stdout, stderr } of [added, table, text, await call(['list', '-f', 'json'])]) assert.ok(!(stdout + stderr).includes('open-sesame'));
  assert.equal((await call(['remove', 'hub'])).stdout, 'hub is removed.\n');
  assert.match((await call(['list'])).stderr, /no registry yet/);
});

test('a password comes from the environment too, and goes when it is cleared', async (context) => {
  const { call, secretOf } = prepare(context);
  await call(['add', 'main', 'hub.example'], { LAZARET_REGISTRY_PASSWORD: 'token' });
  assert.equal(await secretOf(), 'token');
  assert.match((await call(['show', 'main'])).stdout, /Log-in +by a token\n/);
  const moved = await call(['update', 'main', '--address', 'other.example']);
  assert.deepEqual([moved.status, await secretOf()], [2, 'token']);
  assert.match(moved.stderr, /needs the password anew/);
  assert.equal((await call(['update', 'main', '--clear', 'password', '--address', 'other.example'])).status, 0);
  assert.equal(await secretOf(), '');
});

test('what cannot be is refused with the reason, and changes nothing', async (context) => {
  const { call } = prepare(context);
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['add', 'main'], /ADDRESS/],
    [['add', 'main', 'hub'], /'hub' is no address/],
    [['add', 'main', 'https://hub.example'], /is no address/],
    [['add', 'main', 'hub.example', '--kind', 'floppy'], /one of docker, harbor/],
    [['add', 'main', 'hub.example', '--schedule', 'daily'], /no cron expression of five fields/],
    [['add', 'main', 'hub.example', '--repository', 'Team/App'], /no name of a repository/],
    [['add', 'main', 'hub.example', '--newest-tags', '0'], /whole number from 1/],
    [['add', 'main', 'hub.example', '--password', 'x'], /unknown option --password/],
    [['add', 'main', 'hub.example', '--password-file', 'missing'], /the password cannot be read/],
    [['add', 'main', 'hub.example', '--account', 'nobody'], /no account nobody/],
    [['update', 'main', '--insecure', '--secure'], /exclude each other/],
    [['update', 'main'], /there is no registry main/],
    [['show', 'main'], /there is no registry main/],
    [['remove', 'main'], /there is no registry main/],
    [['sync', 'main'], /there is no registry main/],
  ];
  for (const [args, message] of wrong) {
    const { status, stderr } = await call(args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, message);
  }
  assert.equal((await call(['list', '-f', 'json'])).stdout, '[]\n');
  assert.equal((await call(['add', 'main', 'hub.example'])).status, 0);
  assert.match((await call(['add', 'main', 'other.example'])).stderr, /there is a registry main already/);
  assert.match((await call(['add', 'other', 'hub.example'])).stderr, /the registry main has the address hub\.example already/);
});
