import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageName } from './image-name.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const cases: Record<string, readonly [address: string, namespace: string, name: string, tag: string, digest: string]> = {
  app: ['', '', 'app', '', ''],
  'app:1.2': ['', '', 'app', '1.2', ''],
  'team/app:1.2': ['', 'team', 'app', '1.2', ''],
  'localhost/app': ['localhost', '', 'app', '', ''],
  'registry.example/app:1': ['registry.example', '', 'app', '1', ''],
  'registry.example:5000/a/b/app:1.2': ['registry.example:5000', 'a/b', 'app', '1.2', ''],
  '127.0.0.1:5000/app': ['127.0.0.1:5000', '', 'app', '', ''],
  [`team/app@${digest}`]: ['', 'team', 'app', '', digest],
  [`registry.example:5000/team/app:1@${digest}`]: ['registry.example:5000', 'team', 'app', '1', digest],
  '': ['', '', '', '', ''],
};

for (const [reference, [address, namespace, name, tag, of]] of Object.entries(cases)) {
  test(`"${reference}" is split into its parts`, () => assert.deepEqual(parseImageName(reference), { address, namespace, name, tag, digest: of }));
}
