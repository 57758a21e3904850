import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { describeImageRepoList } from './DescribeImageRepoList.ts';

const least = { Type: 'image_repo', TargetType: 'image_repo' };

test('repositories are told by whether their registry has new images scanned', async (context) => {
  const { call } = await openInventory(context);
  assert.deepEqual(await askAlibabaWell(describeImageRepoList, call, { ...least, PageSize: 2 }), {
    AllTargetCount: 4,
    AddTargetCount: 1,
    DelTargetCount: 3,
    PageInfo: { CurrentPage: 1, PageSize: 2, TotalCount: 4, Count: 2 },
    ImageRepoList: [
      { RepoName: 'api', RepoNamespace: 'prod', ImageCount: 1, Flag: 'add' },
      { RepoName: 'app', RepoNamespace: 'team', ImageCount: 1, Flag: 'del' },
    ],
  });
  const names = async (raw: object): Promise<string> => {
    const answer = await askAlibaba(describeImageRepoList, call, { ...least, ...raw });
    return typeof answer === 'string' ? answer : answer.ImageRepoList.map(({ RepoName }) => RepoName).join(' ');
  };
  assert.equal(await names({ Selected: 1 }), 'api');
  assert.equal(await names({ Selected: 0 }), 'app cart web');
  assert.equal(await names({ RepoName: 'A' }), 'api app cart');
  assert.equal(await names({ RepoNamespace: 'tea' }), 'app web');
  assert.equal(await names({ FieldName: 'repoName', FieldValue: 'p', RepoName: 'a' }), 'api app');
  assert.equal(await names({ FieldName: 'repoNamespace', FieldValue: 'shop', OperateType: 'other' }), 'cart');
  assert.equal(await names({ FieldName: 'repoNamespace', FieldValue: 'shop', OperateType: 'count' }), '');
  assert.equal(await names({ CurrentPage: 2, PageSize: 3 }), 'web');
  const counted = await askAlibabaWell(describeImageRepoList, call, { ...least, OperateType: 'count' });
  assert.deepEqual([counted.AllTargetCount, counted.PageInfo.TotalCount, counted.PageInfo.Count], [4, 4, 0]);
  assert.equal((await askAlibabaWell(describeImageRepoList, { ...call, accountId: 'other' }, least)).AllTargetCount, 0);
  const wrong = { Type: 'x', TargetType: 'x', OperateType: 'x', FieldName: 'toString', Selected: 2 };
  for (const [name, value] of Object.entries(wrong)) assert.equal(await names({ [name]: value }), `Invalid${name}`);
  assert.equal(await askAlibaba(describeImageRepoList, call, { Type: 'image_repo' }), 'MissingTargetType');
});
