import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createVault } from '#lib/vault.ts';
import { isUploadRefusal, makeUploadForm, readUploadForm } from './upload-form.ts';

const vault = createVault([Buffer.alloc(32, 1)]);
const grant = { key: 'a/b', maxBytes: 10 };
const form = makeUploadForm(vault, grant, 5000);
const good = { ossaccesskeyid: form.accessId, policy: form.policy, signature: form.signature, key: form.key };

function read(change: Partial<Record<keyof typeof good, string | undefined>> = {}, now = 4999, by = vault): unknown {
  const fields = Object.entries({ ...good, ...change }).filter((field): field is [string, string] => field[1] !== undefined);
  const answer = readUploadForm(by, new Map(fields), now);
  return isUploadRefusal(answer) ? `${answer.status} ${answer.code}` : answer;
}

test('a form says what it allows, to any server with the same master key', () => {
  assert.deepEqual(read(), grant);
  assert.deepEqual(read({}, 0, createVault([Buffer.alloc(32, 1)])), grant);
  const { expiration, conditions } = JSON.parse(Buffer.from(form.policy, 'base64').toString()) as Readonly<Record<string, unknown>>;
  assert.equal(expiration, '1970-01-01T00:00:05.000Z');
  assert.deepEqual(conditions, [
    ['eq', '$key', 'a/b'],
    ['content-length-range', 0, 10],
  ]);
  assert.equal(Buffer.from(form.signature, 'base64').length, 20);
});

test('each form has an access id of its own', () => {
  const others = [
    makeUploadForm(vault, grant, 5001),
    makeUploadForm(vault, { ...grant, key: 'a/c' }, 5000),
    makeUploadForm(vault, { ...grant, maxBytes: 11 }, 5000),
  ];
  assert.equal(new Set([form, ...others].map(({ accessId }) => accessId)).size, 4);
});

test('a form that is over or is used for another key is denied', () => {
  assert.equal(read({}, 5000), '403 AccessDenied');
  assert.equal(read({}, Number.NaN), '403 AccessDenied');
  for (const key of ['a/c', '../a/b', 'a/b ', '', 'a/b/../b']) assert.equal(read({ key }), '403 AccessDenied');
});

test('a form that lacks a part is denied', () => {
  for (const name of ['ossaccesskeyid', 'policy', 'signature'] as const) assert.equal(read({ [name]: undefined }), '403 AccessDenied');
  assert.equal(read({ key: undefined }), '400 MalformedPOSTRequest');
});

test('nothing of a form can be changed', () => {
  const longer = Buffer.from(Buffer.from(form.policy, 'base64').toString().replace('1970', '2970')).toString('base64');
  const other = makeUploadForm(vault, { ...grant, key: 'a/c' }, 5000);
  const own = createHmac('sha1', '').update(form.policy).digest('base64');
  const changes = [{ policy: longer }, { policy: '' }, { policy: '{' }, { signature: '' }, { signature: own }, { signature: form.signature.slice(0, -4) }];
  for (const change of [...changes, { ossaccesskeyid: other.accessId }, { signature: other.signature }, { policy: other.policy }])
    assert.equal(read(change), '403 SignatureDoesNotMatch', JSON.stringify(change));
  assert.equal(read({}, 4999, createVault([Buffer.alloc(32, 2)])), '403 SignatureDoesNotMatch');
  for (const ossaccesskeyid of ['', 'LTAI123', form.accessId.slice(4)]) assert.equal(read({ ossaccesskeyid }), '403 InvalidAccessKeyId');
});
