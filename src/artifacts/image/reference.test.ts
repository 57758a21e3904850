import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenges } from './authorization.ts';
import { isLoopback, parseReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test('references are taken apart', () => {
  const cases: readonly [string, string, string, string, string][] = [
    ['registry.example/app', 'registry.example', 'app', 'latest', ''],
    ['registry.example:5000/team/app:1.2', 'registry.example:5000', 'team/app', '1.2', ''],
    [`registry.example/a/b/c@${digest}`, 'registry.example', 'a/b/c', '', digest],
    [`registry.example/app:v1@${digest}`, 'registry.example', 'app', 'v1', digest],
    ['localhost/app', 'localhost', 'app', 'latest', ''],
    ['localhost:5000/a__b/c-d--e.f:x', 'localhost:5000', 'a__b/c-d--e.f', 'x', ''],
    ['[::1]:5000/app:1', '[::1]:5000', 'app', '1', ''],
  ];
  for (const [text, host, repository, tag, expected] of cases) assert.deepEqual(parseReference(text), { host, repository, tag, digest: expected }, text);
});

test('what is no reference is refused', () => {
  const wrong = [
    '',
    'debian',
    'debian:12',
    'team/app',
    'team/app:1',
    '/app',
    'registry.example/',
    'registry.example/App',
    'registry.example/a//b',
    'registry.example/../x',
    'registry.example/a:',
    'registry.example/a:-x',
    `registry.example/a:${'t'.repeat(129)}`,
    'registry.example/a@sha256:abc',
    `registry.example/a@sha512:${'a'.repeat(128)}`,
    'registry.example/a?b',
    'registry.example/a#b',
    'registry.example/a%2e',
    'user@registry.example/a',
    'registry.example:x/a',
    'registry.example:1:2/a',
    'reg istry.example/a',
    'registry.example\r\nX: y/a',
    `registry.example/${'a'.repeat(256)}`,
    `x.example/${'a'.repeat(2000)}`,
  ];
  for (const text of wrong) assert.throws(() => parseReference(text), { code: 'invalid-input' }, text);
});

test('loopback is told from hosts that only look like it', () => {
  for (const host of ['localhost', 'localhost:5000', '127.0.0.1', '127.1.2.3:80', '[::1]', '[::1]:5000']) assert.equal(isLoopback(host), true, host);
  for (const host of ['localhost.example', '127.0.0.1.example', '127.example', '10.0.0.1', '[::2]:1', 'example', '1127.0.0.1', '0.0.0.0'])
    assert.equal(isLoopback(host), false, host);
});

test('challenges are read with commas and quotes inside values', () => {
  assert.deepEqual(parseChallenges('Bearer realm="https://a.example/t?x=1,2",service="a \\"b\\"",scope="repository:x:pull,push"'), [
    { scheme: 'bearer', parameters: { realm: 'https://a.example/t?x=1,2', service: 'a "b"', scope: 'repository:x:pull,push' } },
  ]);
  assert.deepEqual(parseChallenges('Basic realm=plain, Bearer realm="r"'), [
    { scheme: 'basic', parameters: { realm: 'plain' } },
    { scheme: 'bearer', parameters: { realm: 'r' } },
  ]);
  assert.deepEqual(parseChallenges(''), []);
});
