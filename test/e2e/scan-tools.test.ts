import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { registryUser, startDockerRegistry } from '../support/docker-registry.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, file, whiteout, writeOciLayout } from '../support/images.ts';
import { lazaret } from '../support/lazaret.ts';
import { run } from '../support/run.ts';
import { requireTool } from '../support/tools.ts';

// Images made by the tools people use, scanned by the real command.

const marker = ['LAZARET', 'TEST', 'MALWARE'].join('-');
const image = buildImage({
  layers: [
    { entries: [file('usr/bin/one', marker), file('usr/bin/two', `${marker} 2`), file('usr/bin/big', Buffer.alloc(300_000, 'binary '))] },
    { entries: [whiteout('usr/bin/two'), file('opt/three', `${marker} 3`)] },
  ],
});
const expected = ['/opt/three', '/usr/bin/one', '/usr/bin/two hidden'];

interface Ground {
  readonly folder: string;
  readonly source: string;
  readonly scan: (target: string, environment?: Readonly<Record<string, string>>) => Promise<readonly string[]>;
}

async function prepare(context: TestContext): Promise<Ground> {
  const folder = testFolder(context);
  const rules = join(folder, 'rules.yar');
  await writeFile(rules, `rule Marked { strings: $a = "${marker}" condition: $a }`);
  await writeOciLayout({ v1: image }, join(folder, 'source'));
  return {
    folder,
    source: `oci:${join(folder, 'source')}:v1`,
    scan: async (target, environment = {}) => {
      // Each with data of its own, so that none is answered from what another scan learned.
      const data = join(folder, `data-${Math.random()}`);
      const { stdout, stderr, status } = await lazaret(
        ['scan', target, '--data', data, '--no-builtin-rules', '--rules', rules, '--format', 'json'],
        environment,
      );
      assert.equal(status, 1, stderr);
      const report = JSON.parse(stdout) as { readonly complete: boolean; readonly findings: readonly { readonly path: string; readonly hidden: boolean }[] };
      assert.equal(report.complete, true);
      return report.findings.map(({ path, hidden }) => (hidden ? `${path} hidden` : path));
    },
  };
}

const copy = (from: string, to: string, more: readonly string[] = []) => run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...more, from, to]);

test('images written by skopeo are scanned: docker archive, OCI archive, OCI layout with gzip and with zstd', async (t) => {
  if (!requireTool(t, 'skopeo')) return;
  const { folder, source, scan } = await prepare(t);
  await copy(source, `docker-archive:${join(folder, 'docker.tar')}:team/app:1`);
  assert.deepEqual(await scan(join(folder, 'docker.tar')), expected);
  await copy(source, `oci-archive:${join(folder, 'oci.tar')}:v1`);
  assert.deepEqual(await scan(join(folder, 'oci.tar')), expected);
  await copy(source, `oci:${join(folder, 'gzip')}:v1`, ['--dest-compress']);
  assert.deepEqual(await scan(`oci:${join(folder, 'gzip')}:v1`), expected);
  await copy(source, `oci:${join(folder, 'zstd')}:v1`, ['--dest-compress', '--dest-compress-format', 'zstd']);
  assert.deepEqual(await scan(`oci:${join(folder, 'zstd')}:v1`), expected);
});

test('an image built by umoci, step by step, is scanned', async (t) => {
  if (!requireTool(t, 'umoci')) return;
  const { folder, scan } = await prepare(t);
  const layout = join(folder, 'layout');
  await mkdir(join(folder, 'tree'));
  await writeFile(join(folder, 'tree', 'bad'), marker);
  await run('umoci', ['init', '--layout', layout]);
  await run('umoci', ['new', '--image', `${layout}:base`]);
  await run('umoci', ['insert', '--rootless', '--image', `${layout}:base`, '--tag', 'one', join(folder, 'tree'), '/opt/tree']);
  await run('umoci', ['insert', '--rootless', '--image', `${layout}:one`, '--tag', 'two', '--whiteout', '/opt/tree/bad']);
  assert.deepEqual(await scan(`oci:${layout}:one`), ['/opt/tree/bad']);
  assert.deepEqual(await scan(`oci:${layout}:two`), ['/opt/tree/bad hidden']);
});

test('an image served by a registry is scanned, by tag and by digest, with and without a login', async (t) => {
  if (!requireTool(t, 'skopeo') || !requireTool(t, 'docker-registry')) return;
  const { folder, source, scan } = await prepare(t);
  const open = await startDockerRegistry(t);
  await copy(source, `docker://${open}/team/app:1`, ['--dest-tls-verify=false']);
  assert.deepEqual(await scan(`${open}/team/app:1`), expected);
  const locked = await startDockerRegistry(t, { login: true });
  const { username, password } = registryUser;
  await copy(source, `docker://${locked}/team/app:1`, ['--dest-tls-verify=false', '--dest-creds', `${username}:${password}`]);
  await mkdir(join(folder, 'docker'));
  await writeFile(
    join(folder, 'docker/config.json'),
    JSON.stringify({ auths: { [locked]: { auth: Buffer.from(`${username}:${password}`).toString('base64') } } }),
  );
  assert.deepEqual(await scan(`${locked}/team/app:1`, { DOCKER_CONFIG: join(folder, 'docker') }), expected);
  const refused = await lazaret(['scan', `${locked}/team/app:1`, '--data', join(folder, 'none')]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /docker login/);
});
