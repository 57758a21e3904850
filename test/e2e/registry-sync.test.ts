import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { registryUser, startDockerRegistry } from '../support/docker-registry.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, file, type TestImage, writeOciLayout } from '../support/images.ts';
import { type Ended, lazaret } from '../support/lazaret.ts';
import { run } from '../support/run.ts';
import { eicar } from '../support/samples.ts';
import { requireTool } from '../support/tools.ts';

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
