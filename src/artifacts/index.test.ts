import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../../test/support/folder.ts';
import { buildImage, dockerArchive, file, writeOciLayout } from '../../test/support/images.ts';
import { holding, registryHandler, serve } from '../../test/support/registry.ts';
import { plainOptions } from './contract.ts';
import { artifactSources, machinePlatform, openArtifact } from './index.ts';

const image = buildImage({ layers: [{ entries: [file('a', 'b')] }] });

test('each way to name a target leads to its source', async (t) => {
  const folder = testFolder(t);
  await writeOciLayout(image, join(folder, 'layout'));
  await writeFile(join(folder, 'image.tar'), dockerArchive(image));
  const { host } = await serve(t, registryHandler(holding(image)));
  const targets = {
    'docker-archive': join(folder, 'image.tar'),
    'oci-layout': `oci:${join(folder, 'layout')}`,
    directory: `dir:${folder}`,
    registry: `${host}/team/app:1`,
  };
  for (const [kind, target] of Object.entries(targets)) {
    const artifact = await openArtifact(target, plainOptions(), {});
    t.after(() => artifact.close());
    assert.equal(artifact.kind, kind);
  }
});

test('mistakes in a target are told from each other', async (t) => {
  const folder = testFolder(t);
  const cases: readonly [string, string, RegExp][] = [
    ['', 'invalid-input', /nothing to scan was named/],
    [folder, 'invalid-input', /is a directory; write dir:.* or oci:/],
    [join(folder, 'missing'), 'not-found', /no file/],
    ['./missing.tar', 'not-found', /no file/],
    ['missing.tar.gz', 'not-found', /no file/],
    ['missing.tar#tag', 'not-found', /no file/],
    ['debian:12', 'invalid-input', /names no registry; write HOST\/debian:12/],
    ['team/app', 'invalid-input', /names no registry; write HOST\/team\/app/],
    ['registry.example/Team', 'invalid-input', /lower-case/],
    ['-rf', 'invalid-input', /cannot be understood/],
    ['a\0b', 'invalid-input', /NUL/],
  ];
  for (const [target, code, message] of cases) await assert.rejects(openArtifact(target, plainOptions(), {}), { name: 'LazaretError', code, message }, target);
});

test('a signal that is set stops before anything is looked at', async () => {
  await assert.rejects(openArtifact('dir:.', plainOptions({ signal: AbortSignal.abort() }), {}), { code: 'cancelled' });
});

test('the list has every source once', () => {
  assert.deepEqual(
    artifactSources({}).map((source) => source.kind),
    ['directory', 'oci-layout', 'docker-archive', 'registry'],
  );
});

test('the running machine has a platform in the words of images', () => {
  assert.equal(machinePlatform('linux', 'x64'), 'linux/amd64');
  assert.equal(machinePlatform('darwin', 'arm64'), 'linux/arm64');
  assert.equal(machinePlatform('win32', 'x64'), 'windows/amd64');
});
