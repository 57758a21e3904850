import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Severity } from '#domain/severity.ts';
import { askAlibaba as ask, askAlibabaWell as askWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { aJudgedFile, aVerdict, detected, keyOf } from '../../../../../test/support/detected-files.ts';
import { getFileDetectResult } from './GetFileDetectResult.ts';

test('a file is safe, suspicious or not known yet, with points by how bad it is', async (context) => {
  const call = await openCall(context);
  const cases: readonly (readonly [string, Severity | undefined, number, number, string | undefined])[] = [
    ['clean', undefined, 0, 0, undefined],
    ['notice', 'notice', 0, 50, undefined],
    ['low', 'low', 1, 65, 'Trojan'],
    ['medium', 'medium', 1, 75, 'Trojan'],
    ['high', 'high', 1, 85, 'Trojan'],
    ['critical', 'critical', 1, 95, 'Trojan'],
  ];
  for (const [name, severity] of cases) {
    const result = aJudgedFile(name, { places: [[3, 9]], verdict: severity === undefined ? undefined : aVerdict(severity) });
    await detected(call, keyOf(name), { state: 'done', result, members: [] });
  }
  await detected(call, keyOf('waiting'));
  const HashKeyList = [...cases.map(([name]) => keyOf(name)), keyOf('waiting'), keyOf('clean')];
  const { ResultList } = await askWell(getFileDetectResult, call, { Type: 0, HashKeyList });
  assert.deepEqual(
    ResultList.map(({ HashKey, Code, Result, Score, VirusType }) => [HashKey, Code, Result, Score, VirusType]),
    [...cases.map(([name, , result, score, type]) => [keyOf(name), '200', result, score, type]), [keyOf('waiting'), '200', 3, 0, undefined]],
  );
  assert.deepEqual(JSON.parse(ResultList[5]?.Ext ?? ''), { HighLight: [[3, 9]], FileLabel: ['ELF64'] });
  assert.deepEqual(
    ResultList.map(({ Compress }) => Compress),
    [false, false, false, false, false, false, undefined],
  );
});

test('an archive says that it is one', async (context) => {
  const call = await openCall(context);
  await detected(call, keyOf('zip'), { state: 'done', result: aJudgedFile('zip', { fileType: 'archive', format: 'zip' }), members: [] });
  const { ResultList } = await askWell(getFileDetectResult, call, { Type: 0, HashKeyList: [keyOf('zip')] });
  assert.deepEqual([ResultList[0]?.Compress, JSON.parse(ResultList[0]?.Ext ?? '')], [true, { HighLight: [], FileLabel: ['Zip'] }]);
});

test('a hash that nobody handed in refuses the call alone, and is an entry with a code beside others', async (context) => {
  const call = await openCall(context);
  assert.equal(await ask(getFileDetectResult, call, { Type: 0, HashKeyList: [keyOf('a'), keyOf('b')] }), 'GetResultFail');
  await detected(call, keyOf('a'));
  const { ResultList } = await askWell(getFileDetectResult, call, { Type: 0, HashKeyList: [keyOf('a'), keyOf('b'), 'no hash'] });
  assert.deepEqual(
    ResultList.map(({ Code, Result }) => [Code, Result]),
    [
      ['200', 3],
      ['GetResultFail', 3],
      ['GetResultFail', 3],
    ],
  );
  assert.equal(await ask(getFileDetectResult, { ...call, accountId: 'other' }, { Type: 0, HashKeyList: [keyOf('a')] }), 'GetResultFail');
});

test('a file that could not be judged is never called safe', async (context) => {
  const call = await openCall(context);
  const kinds = {
    download: 'DownloadFail',
    'missing-file': 'FileNotExist',
    'too-large': 'FileSizeExceeded',
    'wrong-hash': 'HashMismatch',
    internal: 'DetectFail',
  } as const;
  for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) await detected(call, keyOf(kind), { state: 'failed', kind, message: 'because' });
  await detected(call, keyOf('half'), { state: 'done', result: aJudgedFile('half', { skipped: ['timed out'] }), members: [] });
  await detected(call, keyOf('bad'), { state: 'done', result: aJudgedFile('bad', { skipped: ['timed out'], verdict: aVerdict('high') }), members: [] });
  const HashKeyList = [...Object.keys(kinds), 'half', 'bad'].map(keyOf);
  for (const language of ['en', 'zh'] as const) {
    const { ResultList } = await askWell(getFileDetectResult, { ...call, language }, { Type: 0, HashKeyList });
    assert.deepEqual(
      ResultList.map(({ Code, Result }) => [Code, Result]),
      [...Object.values(kinds).map((code) => [code, 3]), ['DetectIncomplete', 3], ['200', 1]],
    );
    for (const { Code, Message } of ResultList)
      if (Code !== '200') assert.match(Message, language === 'zh' ? /[一-鿿].*(?:because|timed out)/ : /(?:because|timed out)/);
  }
});

test('results are told for five hours', async (context) => {
  const call = await openCall(context);
  await detected(call, keyOf('a'), { state: 'done', result: aJudgedFile('a'), members: [] });
  call.wait(5 * 3600_000 - 1);
  await askWell(getFileDetectResult, call, { Type: 0, HashKeyList: [keyOf('a')] });
  call.wait(1);
  assert.equal(await ask(getFileDetectResult, call, { Type: 0, HashKeyList: [keyOf('a')] }), 'GetResultFail');
});

test('hashes are required, and at most a hundred', async (context) => {
  const call = await openCall(context);
  assert.equal(await ask(getFileDetectResult, call, { Type: 0 }), 'MissingHashKeyList');
  assert.equal(await ask(getFileDetectResult, call, { HashKeyList: [keyOf('a')] }), 'MissingType');
  const many = Array.from({ length: 101 }, (_, index) => keyOf(String(index)));
  assert.equal(await ask(getFileDetectResult, call, { Type: 0, HashKeyList: many }), 'InvalidHashKeyList');
});
