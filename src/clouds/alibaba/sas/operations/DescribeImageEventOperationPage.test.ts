import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRule, ruleByMd5 } from '../../../../../test/support/image-rules.ts';
import { describeImageEventOperationPage } from './DescribeImageEventOperationPage.ts';

test('rules are listed newest first, page by page, by type, key, name, id and source', async (context) => {
  const call = await openCall(context);
  const md5 = '0'.repeat(32);
  const added: number[] = [];
  for (const more of [{ EventKey: 'k' }, { EventName: '名' }, { EventType: 'sensitiveFile' }, { Source: 'agentless' }]) {
    added.push((await addRule(call, ruleByMd5(md5, more))).Id);
  }
  const [key, name, type, source] = added;
  const ids = async (raw: object): Promise<readonly number[] | string> => {
    const answer = await askAlibaba(describeImageEventOperationPage, call, { ...raw });
    return typeof answer === 'string' ? answer : answer.Data.List.map(({ Id }) => Id);
  };
  assert.deepEqual(await ids({}), [source, type, name, key]);
  assert.deepEqual(await ids({ EventKey: 'k' }), [key]);
  assert.deepEqual(await ids({ EventName: '名' }), [name]);
  assert.deepEqual(await ids({ EventType: 'sensitiveFile' }), [type]);
  assert.deepEqual(await ids({ Source: 'agentless' }), [source]);
  assert.deepEqual(await ids({ Source: 'default', EventType: 'maliciousFile' }), [name, key]);
  assert.deepEqual(await ids({ Id: name }), [name]);
  assert.deepEqual(await ids({ Id: name, EventKey: 'k' }), []);
  assert.deepEqual(await ids({ Source: 'x' }), 'InvalidSource');
  assert.deepEqual(await ids({ PageSize: 3, CurrentPage: 2 }), [key]);
  const { Data } = await askAlibabaWell(describeImageEventOperationPage, call, { PageSize: 3 });
  assert.deepEqual(Data.PageInfo, { CurrentPage: 1, PageSize: 3, TotalCount: 4 });
  const others = await askAlibabaWell(describeImageEventOperationPage, { ...call, accountId: 'other' }, {});
  assert.deepEqual([others.Data.PageInfo.TotalCount, others.Data.List], [0, []]);
});
