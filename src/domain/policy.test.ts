import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches, parsePolicy, permissionOf } from './policy.ts';

function policy(...statements: readonly object[]): ReturnType<typeof parsePolicy> {
  return parsePolicy(JSON.stringify({ Version: '1', Statement: statements }));
}

test('both clouds write policies that are understood', () => {
  const ram = policy({ Effect: 'Allow', Action: ['yundun-sas:Describe*', 'cr:ListRepository'], Resource: '*' });
  assert.equal(permissionOf([ram], 'yundun-sas:DescribeGroupedMaliciousFiles'), 'allow');
  assert.equal(permissionOf([ram], 'yundun-sas:PublicCreateImageScanTask'), 'implicit-deny');
  const cam = parsePolicy('{"version":"2.0","statement":[{"effect":"allow","action":["name/tcss:*"],"resource":["*"]}]}');
  assert.equal(permissionOf([cam], 'tcss:DescribeVirusDetail'), 'allow');
  assert.equal(permissionOf([cam], 'cwp:DescribeRiskProcessEvents'), 'implicit-deny');
});

test('an explicit deny wins, in whichever policy and order', () => {
  const all = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
  const none = policy({ Effect: 'Deny', Action: 'tcss:Create*', Resource: '*' });
  assert.equal(permissionOf([all, none], 'tcss:CreateAssetImageScanTask'), 'explicit-deny');
  assert.equal(permissionOf([none, all], 'tcss:CreateAssetImageScanTask'), 'explicit-deny');
  assert.equal(permissionOf([none, all], 'tcss:DescribeAssetImageList'), 'allow');
  assert.equal(permissionOf([none], 'tcss:DescribeAssetImageList'), 'implicit-deny');
  assert.equal(permissionOf([], 'tcss:DescribeAssetImageList'), 'implicit-deny');
});

test('NotAction is about all else, and a resource that is not everything is about nothing', () => {
  const reader = policy({ Effect: 'Allow', NotAction: ['tcss:Create*', 'tcss:Modify*'], Resource: '*' });
  assert.equal(permissionOf([reader], 'tcss:DescribeAssetImageList'), 'allow');
  assert.equal(permissionOf([reader], 'tcss:ModifyAssetImageScanStop'), 'implicit-deny');
  assert.equal(permissionOf([policy({ Effect: 'Allow', Action: '*', Resource: 'acs:other:*' })], 'x:y'), 'implicit-deny');
});

test('a pattern matches whole texts, and no pattern takes long', () => {
  for (const pattern of ['*', 'a*', '*c', 'a?c', 'abc', '**', 'a**c', '???']) assert.ok(matches(pattern, 'abc'), pattern);
  for (const pattern of ['', 'a', 'b*', '*b', 'a?', 'abcd', '????', '?']) assert.ok(!matches(pattern, 'abc'), pattern);
  const started = performance.now();
  assert.ok(!matches(`${'*a'.repeat(250)}b`, 'a'.repeat(5000)));
  assert.ok(performance.now() - started < 2000);
});

const statement = { Effect: 'Allow', Action: '*', Resource: '*' };
const broken: Record<string, [string, RegExp]> = {
  'no JSON': ['{', /no JSON/],
  'a list': ['[]', /no JSON object/],
  'another version': [JSON.stringify({ Version: '3', Statement: [statement] }), /Version/],
  'no statement': [JSON.stringify({ Version: '1' }), /Statement/],
  'an empty list of statements': [JSON.stringify({ Version: '1', Statement: [] }), /Statement/],
  'another effect': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Effect: 'Maybe' }] }), /Effect/],
  'a condition': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Condition: {} }] }), /Condition/],
  'an unknown member': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Principal: '*' }] }), /principal/],
  'no action': [JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Resource: '*' }] }), /Action/],
  'an action that is no text': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Action: [1] }] }), /Action/],
  'no resource': [JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: '*' }] }), /Resource/],
  'a member twice': ['{"Version":"1","version":"1","Statement":[]}', /twice/],
  'ten million characters': [`{"Version":"${'1'.repeat(10_000_000)}"}`, /characters/],
  'a deep nest': [`{"Version":"1","Statement":[{"Effect":"Allow","Resource":"*","Action":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}`, /policy/],
};
for (const [name, [text, wanted]] of Object.entries(broken)) {
  test(`${name} is refused with the reason`, () => assert.throws(() => parsePolicy(text), { code: 'invalid-input', message: wanted }));
}
