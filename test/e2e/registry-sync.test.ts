import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { registryUser, startDockerRegistry } from '../support/docker-registry.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, file, type TestImage, writeOciLayout } from '../support/images.ts';
import { type Ended, killTree, lazaret, startLazaret } from '../support/lazaret.ts';
import { registryHandler, serve as serveFake } from '../support/registry.ts';
import { run } from '../support/run.ts';
import { eicar } from '../support/samples.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { type SdkClient, sdks } from '../support/tencent-sdks.ts';
import { requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

const clean = (name: string, created = '2026-01-01T00:00:00Z') => buildImage({ created, layers: [{ entries: [file('name', name)] }] });
const infected = (name: string) => buildImage({ layers: [{ entries: [file('name', name), file('eicar.com', eicar())] }] });

test('a registry with log-in is added, looked at, and what is new is told once', { timeout: 120_000 }, async (t) => {
  if (!hasTools(t)) return;
  const ground = await prepare(t, { login: true });
  const [one, two] = [clean('one'), infected('two')];
  await ground.push(one, 'team/app:1');
  await ground.push(one, 'team/app:latest');
  await ground.push(two, 'bad:1');
  const added = await ground.command(
    'add',
    'main',
    ground.host,
    '--username',
    registryUser.username,
    '--password-file',
    ground.passwordFile,
    '--scan-new',
    '-f',
    'json',
  );
  assert.equal(added.status, 0, added.stderr);
  assert.ok(!added.stdout.includes(registryUser.password));
  const first = await ground.command('sync', 'main');
  assert.deepEqual([first.status, first.stdout], [0, '2 repositories, 3 tags: 2 new images, 2 scans queued, 0 tags gone.\n'], first.stderr);
  const second = await ground.command('sync', 'main', '-f', 'json');
  assert.deepEqual(JSON.parse(second.stdout), {
    repositories: 2,
    tags: 3,
    newImages: 0,
    queuedScans: 0,
    goneTags: 0,
    otherArtifacts: 0,
    problems: [],
  });
});

test('the server looks when it is due, scans what is new with the log-in, and follows a tag that moves', { timeout: 180_000 }, async (t) => {
  if (!hasTools(t)) return;
  const ground = await prepare(t, { login: true });
  const [bad, good] = [infected('first'), clean('second')];
  await ground.push(bad, 'team/app:latest');
  const serving = await serve(t, ground);
  const login = ['--username', registryUser.username, '--password-file', ground.passwordFile];
  assert.equal((await ground.command('add', 'main', ground.host, ...login, '--scan-new', '--schedule', '* * * * *')).status, 0);
  const call = await client(ground, serving);
  const images = async () => (await call('DescribeAssetImageRegistryList', { Limit: 10 }))['List'] as readonly Record<string, unknown>[];
  const [found] = await answered('an infected image', images, (list) => list[0]?.['VirusCnt'] === 1);
  assert.deepEqual(
    ['InstanceName', 'Namespace', 'ImageRepoAddress', 'ImageTag', 'ImageDigest', 'RegistryType'].map((name) => found?.[name]),
    ['main', 'team', `${ground.host}/team/app`, 'latest', bad.manifestDigest, 'docker'],
  );
  await ground.push(good, 'team/app:latest');
  assert.equal((await ground.command('sync', 'main')).stdout, '1 repository, 1 tag: 1 new image, 1 scan queued, 0 tags gone.\n');
  const moved = await answered(
    'the clean image scanned',
    images,
    (list) => list[0]?.['ImageDigest'] === good.manifestDigest && list[0]['ScanStatus'] === 'SCANNED',
  );
  assert.deepEqual(
    moved.map((row) => row['VirusCnt']),
    [0],
  );
  const local = await call('DescribeAssetImageList', { Limit: 10 });
  assert.equal(local['TotalCount'], 0);
});

test('a registry is added by the API, its images are scanned, and a scan by hand uses its log-in too', { timeout: 120_000 }, async (t) => {
  if (!hasTools(t)) return;
  const key = { LAZARET_MASTER_KEY: randomBytes(32).toString('base64') };
  const ground = await prepare(t, { login: true });
  const bad = infected('by API');
  await ground.push(bad, 'team/app:1');
  const serving = await serve(t, ground, key);
  const call = await client(ground, serving, key);
  const { username: Username, password: Password } = registryUser;
  const told = { Name: 'main', Username, Password, Url: `http://${ground.host}`, Insecure: 1, NetType: 'public', NeedScan: true };
  const { RegistryId } = await call('AddAssetImageRegistryRegistryDetail', { ...told, RegistryType: 'docker' });
  const status = () => call('DescribeAssetImageRegistryAssetStatus', {});
  assert.equal((await answered('the end of the update', status, ({ Status }) => Status !== 'doing'))['Status'], 'success');
  const images = async () => (await call('DescribeAssetImageRegistryList', { Limit: 10 }))['List'] as readonly Record<string, unknown>[];
  await answered('an infected image', images, (list) => list[0]?.['VirusCnt'] === 1);
  const detail = await call('DescribeAssetImageRegistryRegistryDetail', { RegistryId });
  assert.deepEqual([detail['Username'], detail['Password'], detail['NeedScan']], [Username, '', true]);
  const scan = (...data: readonly string[]) => lazaret(['scan', `${ground.host}/team/app:1`, '--format', 'json', '--data', ...data], key);
  assert.equal((await scan(ground.data)).status, 1);
  const stranger = await scan(join(ground.data, '..', 'other'));
  assert.equal(stranger.status, 2);
  assert.match(stranger.stderr, /docker login/);
});

test('a sync that was killed is done by the next server, and two servers do not do one at the same time', { timeout: 180_000 }, async (t) => {
  const gate = Promise.withResolvers<void>();
  let isOpen = false;
  let pulls = 0;
  const image = clean('held');
  const answer = registryHandler({ blobs: image.blobs, tags: { 1: image.manifestDigest } });
  const registry = await serveFake(t, async (request, response) => {
    if (request.url?.startsWith('/v2/_catalog') === true) return void response.end(JSON.stringify({ repositories: ['app'] }));
    if (request.url?.includes('/tags/list') !== true) return void answer(request, response);
    pulls += 1;
    if (!isOpen) await gate.promise;
    response.end(JSON.stringify({ tags: ['1'] }));
  });
  const data = join(testFolder(t), 'data');
  const command = (...args: readonly string[]) => lazaret(['registry', ...args, '--data', data]);
  assert.equal((await command('add', 'main', registry.host)).status, 0);
  const killed = startLazaret(['registry', 'sync', 'main', '--data', data]);
  await answered(
    'the sync to ask for tags',
    async () => pulls,
    (count) => count === 1,
  );
  const refused = await command('sync', 'main');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /another process looks at this registry/);
  killTree(killed.child.pid ?? 0);
  await killed.ended;
  isOpen = true;
  gate.resolve();
  const servers = await Promise.all([startServing(data), startServing(data)]);
  t.after(() => Promise.all(servers.map((server) => server.stop())));
  const state = async () =>
    JSON.parse((await command('show', 'main', '-f', 'json')).stdout) as { readonly sync: { readonly state: string }; readonly images: number };
  const shown = await answered('the sync to end', state, ({ sync }) => sync.state === 'done', 60);
  assert.equal(shown.images, 1);
  assert.equal(pulls, 2);
});

test('a wrong password is told, without the password, and the registry is known as failed', { timeout: 60_000 }, async (t) => {
  if (!hasTools(t)) return;
  const ground = await prepare(t, { login: true });
  const options = { LAZARET_REGISTRY_PASSWORD: 'not-the-password' };
  assert.equal((await ground.commandWith(options, 'add', 'main', ground.host, '--username', registryUser.username)).status, 0);
  const failed = await ground.command('sync', 'main');
  assert.equal(failed.status, 2);
  assert.match(failed.stderr, /refuses access to the list of its repositories; check the user and password that the registry is known with/);
  assert.ok(!failed.stderr.includes('not-the-password'));
  assert.match((await ground.command('show', 'main')).stdout, /Last sync +failed/);
});

/** Asks again and again until the answer is right, and gives it. */
async function answered<T>(what: string, ask: () => Promise<T>, isRight: (answer: T) => boolean, seconds = 90): Promise<T> {
  let last = await ask();
  await until(async () => isRight((last = await ask())), what, seconds);
  return last;
}

async function serve(context: TestContext, { data }: Ground, environment: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const serving = await startServing(data, [], environment);
  context.after(() => serving.stop());
  return serving;
}

async function client({ data }: Ground, { endpoint }: Serving, environment: Readonly<Record<string, string>> = {}): Promise<SdkClient> {
  const made = await lazaret(['keys', 'create', '--data', data, '--format', 'json'], environment);
  const key = JSON.parse(made.stdout) as { readonly secretId: string; readonly secretKey: string };
  const [sdk] = sdks;
  assert.ok(sdk);
  return sdk.connect({ endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } });
}

function hasTools(context: TestContext): boolean {
  return requireTool(context, 'docker-registry') && requireTool(context, 'skopeo');
}

interface Ground {
  readonly host: string;
  readonly data: string;
  readonly passwordFile: string;
  push(image: TestImage, name: string): Promise<void>;
  command(...args: readonly string[]): Promise<Ended>;
  commandWith(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended>;
}

async function prepare(context: TestContext, options: { readonly login: boolean }): Promise<Ground> {
  const folder = testFolder(context);
  const host = await startDockerRegistry(context, options);
  const policy = join(folder, 'policy.json');
  await writeFile(policy, JSON.stringify({ default: [{ type: 'insecureAcceptAnything' }] }));
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${registryUser.password}\n`);
  const data = join(folder, 'data');
  const commandWith = (environment: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    lazaret(['registry', ...args, '--data', data], environment);
  let layouts = 0;
  return {
    host,
    data,
    passwordFile,
    commandWith,
    command: (...args) => commandWith({}, ...args),
    push: async (image, name) => {
      const layout = join(folder, `layout-${++layouts}`);
      await writeOciLayout({ v: image }, layout);
      const login = options.login ? ['--dest-creds', `${registryUser.username}:${registryUser.password}`] : [];
      const environment = { ...process.env, HOME: folder };
      await run(
        'skopeo',
        ['--policy', policy, 'copy', '--quiet', '--dest-tls-verify=false', ...login, `oci:${layout}:v`, `docker://${host}/${name}`],
        environment,
      );
    },
  };
}
