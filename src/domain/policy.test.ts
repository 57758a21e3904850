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

test('a resource counts where it is one way of writing all that an account has', () => {
  const all = ['acs:yundun-sas:*:1234:*', 'qcs::tcss:::*'];
  const permission = (Resource: string | readonly string[]) => permissionOf([policy({ Effect: 'Allow', Action: '*', Resource })], 'x:y', all);
  for (const one of ['*', 'acs:yundun-sas:*:*:*', 'acs:*:*:1234:*', 'qcs::tcss:::*', 'qcs::*']) assert.equal(permission(one), 'allow', one);
  for (const one of ['acs:yundun-sas:cn-hangzhou:*:*', 'acs:yundun-sas:*:5678:*', 'acs:yundun-sas:*:1234:image/1', '?', 'acs'])
    assert.equal(permission(one), 'implicit-deny', one);
  assert.equal(permission(['acs:nothing:*', 'qcs::tcss:::*']), 'allow');
});

test('names are the same in capitals, and a prefix of the older form says nothing', () => {
  const shouted = parsePolicy('{"VERSION":"2.0","STATEMENT":{"EFFECT":"ALLOW","ACTION":"NAME/TCSS:DESCRIBE*","RESOURCE":"*"}}');
  assert.equal(permissionOf([shouted], 'tcss:DescribeVirusDetail'), 'allow');
});

test('a pattern matches whole texts, and no pattern takes long', () => {
  for (const pattern of ['*', 'a*', '*c', 'a?c', 'abc', '**', 'a**c', '???']) assert.ok(matches(pattern, 'abc'), pattern);
  for (const pattern of ['', 'a', 'b*', '*b', 'a?', 'abcd', '????', '?']) assert.ok(!matches(pattern, 'abc'), pattern);
  const started = performance.now();
  assert.ok(!matches(`${'*a'.repeat(250)}b`, 'a'.repeat(5000)));
  const wild = policy({ Effect: 'Allow', Action: Array.from({ length: 120 }, () => `${'*a'.repeat(250)}b`), Resource: '*' });
  for (let key = 0; key < 20; key++) assert.equal(permissionOf([wild], `tcss:${'a'.repeat(60)}`), 'implicit-deny');
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
  'an effect that is a list': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Effect: ['Allow'] }] }), /Effect/],
  'a denial of a part': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Effect: 'Deny', Resource: 'acs:yundun-sas:*:*:*' }] }), /which denies/],
  'both kinds of action': [JSON.stringify({ Version: '1', Statement: [{ ...statement, NotAction: '*' }] }), /either/],
  'a pattern that is too long': [JSON.stringify({ Version: '1', Statement: [{ ...statement, Action: '*'.repeat(513) }] }), /512/],
  'too many statements': [JSON.stringify({ Version: '1', Statement: Array.from({ length: 101 }, () => statement) }), /100/],
  'a member twice': ['{"Version":"1","version":"1","Statement":[]}', /twice/],
  'ten million characters': [`{"Version":"${'1'.repeat(10_000_000)}"}`, /characters/],
  'a deep nest': [`{"Version":"1","Statement":[{"Effect":"Allow","Resource":"*","Action":${'['.repeat(20_000)}${']'.repeat(20_000)}}]}`, /policy/],
};
for (const [name, [text, wanted]] of Object.entries(broken)) {
  test(`${name} is refused with the reason`, () => assert.throws(() => parsePolicy(text), { code: 'invalid-input', message: wanted }));
}
