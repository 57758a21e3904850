import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addFileRule } from '../../../../../test/support/malicious-file-rules.ts';
import { listMaliciousFileWhitelistConfigs } from './ListMaliciousFileWhitelistConfigs.ts';

test('rules are listed newest first, page by page, by name, source and id', async (context) => {
  const call = await openCall(context);
  const first = await addFileRule(call, 'a'.repeat(32));
  const second = await addFileRule(call, 'b'.repeat(32), { EventName: 'Linux.Miner.X' });
  const third = await addFileRule(call, 'c'.repeat(32));
  const ids = async (raw: object): Promise<readonly number[]> =>
    (await askAlibabaWell(listMaliciousFileWhitelistConfigs, call, { ...raw })).List.map(({ Id }) => Id);
  assert.deepEqual(await ids({}), [third, second, first]);
  assert.deepEqual(await ids({ EventName: 'ALL' }), [third, first]);
  assert.deepEqual(await ids({ EventName: 'Linux.Miner.X', Source: 'agentless' }), [second]);
  assert.deepEqual(await ids({ Source: 'image' }), []);
  assert.deepEqual(await ids({ IdList: first }), [first]);
  assert.deepEqual(await ids({ IdList: [first, third] }), [third, first]);
  const { PageInfo, List, ...envelope } = await askAlibabaWell(listMaliciousFileWhitelistConfigs, call, { PageSize: 2, CurrentPage: 2 });
  assert.deepEqual(PageInfo, { CurrentPage: 2, PageSize: 2, TotalCount: 3, Count: 1 });
  assert.deepEqual([List[0]?.Id, envelope], [first, { Code: '200', Message: 'successful', Success: true, HttpStatusCode: 200 }]);
  const others = await askAlibabaWell(listMaliciousFileWhitelistConfigs, { ...call, accountId: 'other' }, {});
  assert.deepEqual(others.List, []);
});
