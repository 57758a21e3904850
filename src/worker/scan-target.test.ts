import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../../test/support/folder.ts';
import { absoluteTarget, defaultJobs, workerName } from './scan-target.ts';

test('targets that are files are made absolute, those in a registry stay as they are', () => {
  const expected = {
    'oci:layout': 'oci:/home/me/layout',
    'oci:../layout:tag': 'oci:/home/layout:tag',
    'dir:.': 'dir:/home/me',
    'dir:/srv/../etc': 'dir:/etc',
    'image.tar': '/home/me/image.tar',
    'image.tar.gz': '/home/me/image.tar.gz',
    'sub/IMAGE.TGZ': '/home/me/sub/IMAGE.TGZ',
    './image': '/home/me/image',
    '../image': '/home/image',
    '/srv/image.tar#app:1': '/srv/image.tar#app:1',
    'example.org/team/app:1.2': 'example.org/team/app:1.2',
    'localhost:5000/app@sha256:00': 'localhost:5000/app@sha256:00',
    alpine: 'alpine',
  };
  for (const [target, absolute] of Object.entries(expected)) assert.equal(absoluteTarget(target, '/home/me'), absolute);
});

test('an archive with a tag behind it is made absolute too', () => {
  assert.equal(absoluteTarget('image.tar#team/app:1', '/home/me'), '/home/me/image.tar#team/app:1');
});

test('a file without a telling name is one all the same, and a directory of that name is none', (t) => {
  const folder = testFolder(t);
  writeFileSync(join(folder, 'saved'), '');
  writeFileSync(join(folder, 'odd#name'), '');
  mkdirSync(join(folder, 'alpine'));
  assert.equal(absoluteTarget('saved', folder), join(folder, 'saved'));
  assert.equal(absoluteTarget('saved#a/b:1', folder), `${join(folder, 'saved')}#a/b:1`);
  assert.equal(absoluteTarget('odd#name', folder), join(folder, 'odd#name'));
  assert.equal(absoluteTarget('alpine', folder), 'alpine');
});

test('a name with a line break in it is no other target', () => {
  assert.equal(absoluteTarget('dir:a\nb', '/x'), 'dir:/x/a\nb');
});

test('there is at least one inspector and at most eight, and names of workers differ', () => {
  assert.ok(defaultJobs() >= 1 && defaultJobs() <= 8);
  assert.notEqual(workerName(1, 1), workerName(1, 2));
  assert.match(workerName(12, 34), /^12-[0-9a-f]{8}$/);
});
