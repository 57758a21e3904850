import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall, type TestCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, conditionsText, removeRule, ruleByMd5, statusesOf } from '../../../../../test/support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../../../../../test/support/stored-images.ts';
import { addImageEventOperation } from './AddImageEventOperation.ts';

const [shell, miner] = [aFinding('/srv/shell.php'), aFinding('/bin/miner')];

async function openWorld(context: TestContext): Promise<TestCall> {
  const call = await openCall(context);
  await storeImage(call.store, anImage('team/app:1'), { scan: aScan(), findings: [shell, miner] });
  await storeImage(call.store, anImage('team/base:1'), { scan: aScan(), findings: [shell] });
  return call;
}

test('a rule by MD5 allows the content in every image, and the answer tells the rule', async (context) => {
  const call = await openWorld(context);
  const Conditions = conditionsText(['MD5', 'equals', shell.md5]);
  const given = { Conditions, EventKey: 'WEBSHELL_IMG', EventName: '网页后门' };
  const { Data, ...envelope } = await askAlibabaWell(addImageEventOperation, call, ruleByMd5(shell.md5, { ...given, Note: 'ours', Source: 'image' }));
  assert.deepEqual(envelope, { Code: '200', Message: 'successful', Success: true });
  assert.ok(Number.isSafeInteger(Data.Id) && Data.Id > 0);
  assert.deepEqual({ ...Data, Id: 0 }, { Id: 0, EventType: 'maliciousFile', OperationCode: 'whitelist', ...given, Scenarios: '{"type":"default","value":""}' });
  assert.deepEqual(await statusesOf(call), ['team/app:1 /bin/miner 0', 'team/app:1 /srv/shell.php 3', 'team/base:1 /srv/shell.php 3']);
  assert.equal((await call.store.images.find('default', anImage('team/base:1').id))?.visibleFindings, 0);
  assert.equal((await call.store.samples.counts({ accountId: 'default' })).findings.critical, 1);
});

test('a rule for a repository allows there alone, in images that come later too', async (context) => {
  const call = await openWorld(context);
  await askAlibabaWell(addImageEventOperation, call, ruleByMd5(shell.md5, { Scenarios: JSON.stringify({ type: 'repo', value: 'team/app' }) }));
  await storeImage(call.store, anImage('team/app:2'), { scan: aScan(), findings: [shell] });
  await storeImage(call.store, anImage('team/base:2'), { scan: aScan(), findings: [shell] });
  const shells = (await statusesOf(call)).filter((row) => row.includes('shell'));
  assert.deepEqual(shells, ['team/app:1 /srv/shell.php 3', 'team/app:2 /srv/shell.php 3', 'team/base:1 /srv/shell.php 0', 'team/base:2 /srv/shell.php 0']);
  const retagged = { ...anImage('team/base:2'), reference: 'team/app:3' };
  await storeImage(call.store, retagged);
  assert.ok((await statusesOf(call)).includes('team/app:3 /srv/shell.php 3'), 'an image that comes into the repository is allowed too');
});

test('paths and digests match whole, in part, at the start and at the end, and all conditions must hold', async (context) => {
  const call = await openWorld(context);
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [conditionsText(['PATH', 'equals', '/bin/miner']), ['/bin/miner']],
    [conditionsText(['PATH', 'equals', '/BIN/miner']), []],
    [conditionsText(['path', 'contains', 'v/sh']), ['/srv/shell.php', '/srv/shell.php']],
    [conditionsText(['PATH', 'startWith', '/srv/']), ['/srv/shell.php', '/srv/shell.php']],
    [conditionsText(['PATH', 'endWith', 'miner']), ['/bin/miner']],
    [conditionsText(['MD5', 'startWith', miner.md5.slice(0, 9).toUpperCase()]), ['/bin/miner']],
    [conditionsText(['MD5', 'endWith', miner.md5.slice(-9)]), ['/bin/miner']],
    [conditionsText(['MD5', 'contains', miner.md5.slice(4, 20)]), ['/bin/miner']],
    [conditionsText(['MD5', 'equals', miner.md5], ['PATH', 'startWith', '/bin']), ['/bin/miner']],
    [conditionsText(['MD5', 'equals', miner.md5], ['PATH', 'startWith', '/srv']), []],
    [conditionsText(['MD5', 'equals', `${miner.md5}0`]), []],
  ];
  for (const [Conditions, allowed] of cases) {
    const { Data } = await askAlibabaWell(addImageEventOperation, call, ruleByMd5('', { Conditions }));
    const rows = (await statusesOf(call)).filter((row) => row.endsWith(' 3')).map((row) => row.split(' ')[1]);
    assert.deepEqual(rows, allowed, Conditions);
    await removeRule(call, Data.Id);
  }
});

test('a rule for sensitive files must name a content, since nothing else of theirs is looked for', async (context) => {
  const call = await openWorld(context);
  const EventType = 'sensitiveFile';
  assert.equal(
    await askAlibaba(addImageEventOperation, call, ruleByMd5('', { EventType, Conditions: conditionsText(['PATH', 'startWith', '/']) })),
    'InvalidConditions',
  );
  await askAlibabaWell(addImageEventOperation, call, ruleByMd5(miner.md5, { EventType }));
  assert.equal((await statusesOf(call))[0], 'team/app:1 /bin/miner 3');
});

test('scenarios count for nothing with agentless detection', async (context) => {
  const call = await openWorld(context);
  const Scenarios = JSON.stringify({ type: 'repo', value: 'nobody/nothing' });
  const rule = await addRule(call, ruleByMd5(miner.md5, { Scenarios, Source: 'agentless' }));
  assert.deepEqual([rule.Source, rule.Scenarios], ['agentless', '{"type":"default","value":""}']);
  assert.equal((await statusesOf(call))[0], 'team/app:1 /bin/miner 3');
});

test('what is missing or malformed is refused', async (context) => {
  const call = await openWorld(context);
  const sound = ruleByMd5(shell.md5);
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ['MissingEventType', { EventType: undefined }],
    ['MissingOperationCode', { OperationCode: undefined }],
    ['MissingConditions', { Conditions: undefined }],
    ['InvalidEventType', { EventType: 'moon' }],
    ['InvalidOperationCode', { OperationCode: 'blacklist' }],
    ['InvalidSource', { Source: 'constructor' }],
    ['InvalidConditions', { Conditions: '[]' }],
    ['InvalidConditions', { Conditions: '{}' }],
    ['InvalidConditions', { Conditions: '[null]' }],
    ['InvalidConditions', { Conditions: 'x' }],
    ['InvalidConditions', { Conditions: conditionsText(['SIZE', 'equals', '1']) }],
    ['InvalidConditions', { Conditions: conditionsText(['MD5', 'like', '1']) }],
    ['InvalidConditions', { Conditions: conditionsText(['MD5', 'equals', '']) }],
    ['InvalidConditions', { Conditions: '[{"condition":"MD5","type":"equals","value":5}]' }],
    ['InvalidScenarios', { Scenarios: '5' }],
    ['InvalidScenarios', { Scenarios: '[]' }],
    ['InvalidScenarios', { Scenarios: '{"type":"repo","value":""}' }],
    ['InvalidScenarios', { Scenarios: '{"type":"cluster","value":"c"}' }],
  ];
  for (const [code, change] of cases) {
    const given = Object.fromEntries(Object.entries({ ...sound, ...change }).filter(([, value]) => value !== undefined));
    assert.equal(await askAlibaba(addImageEventOperation, call, given), code, JSON.stringify(change));
  }
});
