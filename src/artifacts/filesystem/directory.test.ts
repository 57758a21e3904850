import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../../../test/support/folder.ts';
import { digestOf } from '../../../test/support/images.ts';
import { plainOptions, testArtifactSource } from '../contract.ts';
import { directorySource } from './directory.ts';

testArtifactSource('a directory', async (t) => {
  const path = realpathSync(testFolder(t));
  return {
    source: directorySource,
    kind: 'directory',
    reference: `dir:${path}`,
    missing: `dir:${join(path, 'nothing')}`,
    image: { id: digestOf(Buffer.from(`dir:${path}`)), digest: '', platform: 'linux/amd64', created: '', author: '', size: 0, layers: [] },
  };
});

test('a directory has one id, whatever path leads to it', async (t) => {
  const path = realpathSync(testFolder(t));
  const link = join(testFolder(t), 'link');
  await symlink(path, link);
  const [direct, linked] = [await directorySource.open(`dir:${path}`, plainOptions()), await directorySource.open(`dir:${link}/.`, plainOptions())];
  assert.equal(direct.image.id, linked.image.id);
  assert.equal(linked.image.reference, `${link}/.`);
  assert.equal('root' in linked && linked.root, path);
});

test('a file is no directory, and no name is none', async (t) => {
  const path = join(testFolder(t), 'file');
  await writeFile(path, '');
  await assert.rejects(directorySource.open(`dir:${path}`, plainOptions()), { code: 'invalid-input', message: /is no directory/ });
  await assert.rejects(directorySource.open('dir:', plainOptions()), { code: 'invalid-input', message: /write dir:PATH/ });
});
