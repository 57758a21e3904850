import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonObject } from './json.ts';

function parsed(text: string | Buffer): unknown {
  const result = parseJsonObject(Buffer.from(text as string));
  return 'reason' in result ? result.reason : result.members;
}

test('an object is parsed, and an empty body is an empty object', () => {
  assert.deepEqual(parsed('{"a":[1,{"b":"]}\\"{"}]}'), { a: [1, { b: ']}"{' }] });
  assert.deepEqual(parsed(''), {});
});

test('what is no JSON object is refused with the reason', () => {
  assert.equal(parsed('[]'), 'the body is not a JSON object');
  assert.equal(parsed('null'), 'the body is not a JSON object');
  assert.equal(parsed('"x"'), 'the body is not a JSON object');
  assert.equal(parsed('{"a":'), 'the body is not JSON');
  assert.equal(parsed('\u0000'), 'the body is not JSON');
  assert.equal(parsed(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 'the body is not UTF-8');
});

test('depth and number of members are bounded before anything is built', () => {
  assert.equal(parsed('['.repeat(5_000_000)), 'the body nests deeper than 16 levels');
  assert.equal(parsed(`{"a":[${'1,'.repeat(100_000)}1]}`), 'the body has more than 100000 members');
  assert.equal(parsed('{"a":'.repeat(17) + '}'.repeat(17)), 'the body nests deeper than 16 levels');
});
