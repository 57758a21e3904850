import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba as ask, askAlibabaWell as askWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { aJudgedFile, aMember, aVerdict, detected, keyOf } from '../../../../../test/support/detected-files.ts';
import { listCompressFileDetectResult } from './ListCompressFileDetectResult.ts';

const archive = { state: 'done', result: aJudgedFile('zip', { fileType: 'archive', format: 'zip' }) } as const;

test('members of an archive come in its order, in pages to the last', async (context) => {
  const call = await openCall(context);
  const members = [aMember('a.txt'), aMember('b/evil', { verdict: aVerdict('critical') }), aMember('in.jar!/c', { skipped: ['timed out'] })];
  await detected(call, keyOf('zip'), { ...archive, members });
  const all = await askWell(listCompressFileDetectResult, call, { CurrentPage: 1, PageSize: 20, HashKey: keyOf('zip') });
  assert.deepEqual(all.PageInfo, { CurrentPage: 1, PageSize: 20, TotalCount: 3 });
  assert.deepEqual(
    all.ResultList.map(({ Path, HashKey, Result, Score, VirusType }) => [Path, HashKey, Result, Score, VirusType]),
    [
      ['a.txt', keyOf('a.txt'), 0, 0, undefined],
      ['b/evil', keyOf('b/evil'), 1, 95, 'Trojan'],
      ['in.jar!/c', keyOf('in.jar!/c'), 3, 0, undefined],
    ],
  );
  const paths = async (CurrentPage: number) =>
    (await askWell(listCompressFileDetectResult, call, { CurrentPage, PageSize: 2, HashKey: keyOf('zip') })).ResultList.map(({ Path }) => Path);
  assert.deepEqual([await paths(1), await paths(2), await paths(3)], [['a.txt', 'b/evil'], ['in.jar!/c'], []]);
});

test('without a hash all archives of the account are listed, newest first', async (context) => {
  const call = await openCall(context);
  await detected(call, keyOf('one'), { ...archive, members: [aMember('old')] });
  await detected(call, keyOf('two'), { ...archive, members: [aMember('new')] });
  await detected({ ...call, accountId: 'other' }, keyOf('one'), { ...archive, members: [aMember('theirs')] });
  const { ResultList, PageInfo } = await askWell(listCompressFileDetectResult, call, { CurrentPage: 1, PageSize: 20 });
  assert.deepEqual([ResultList.map(({ Path }) => Path), PageInfo.TotalCount], [['new', 'old'], 2]);
});

test('an archive that waits has no rows yet, one that is not known is refused', async (context) => {
  const call = await openCall(context);
  const raw = { CurrentPage: 1, PageSize: 20, HashKey: keyOf('zip') };
  assert.equal(await ask(listCompressFileDetectResult, call, raw), 'GetResultFail');
  await detected(call, keyOf('zip'));
  assert.deepEqual(await askWell(listCompressFileDetectResult, call, raw), { PageInfo: { CurrentPage: 1, PageSize: 20, TotalCount: 0 }, ResultList: [] });
  assert.equal(await ask(listCompressFileDetectResult, { ...call, accountId: 'other' }, raw), 'GetResultFail');
});

test('a page is required and starts at one', async (context) => {
  const call = await openCall(context);
  assert.equal(await ask(listCompressFileDetectResult, call, { PageSize: 20 }), 'MissingCurrentPage');
  assert.equal(await ask(listCompressFileDetectResult, call, { CurrentPage: 1 }), 'MissingPageSize');
  assert.equal(await ask(listCompressFileDetectResult, call, { CurrentPage: 0, PageSize: 20 }), 'InvalidCurrentPage');
  assert.equal(await ask(listCompressFileDetectResult, call, { CurrentPage: 1, PageSize: 0 }), 'InvalidPageSize');
});
