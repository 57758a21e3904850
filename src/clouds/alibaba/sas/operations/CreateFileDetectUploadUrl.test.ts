import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { uploadKeyOf } from '#app/upload-folder.ts';
import { askAlibaba as ask, askAlibabaWell as askWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { aJudgedFile, detected, keyOf, putUpload } from '../../../../../test/support/detected-files.ts';
import { readUploadForm } from '../../upload-form.ts';
import { createFileDetectUploadUrl } from './CreateFileDetectUploadUrl.ts';

test('each hash gets a form for its own file, good for an hour', async (context) => {
  const call = await openCall(context);
  const keys = [keyOf('a'), hash('sha256', 'b')];
  const { UploadUrlList } = await askWell(createFileDetectUploadUrl, call, { Type: 0, HashKeyList: keys });
  assert.deepEqual(
    UploadUrlList.map((row) => [row.HashKey, row.FileExist, row.Code, row.PublicUrl, row.InternalUrl]),
    keys.map((key) => [key, false, '200', `${call.baseUrl}/uploads/`, `${call.baseUrl}/uploads/`]),
  );
  for (const row of UploadUrlList) {
    assert.ok(row.Context !== undefined && row.Expire !== undefined);
    assert.equal(row.Expire, String(call.app.clock() + 3600_000));
    const { AccessId, Policy, Signature, OssKey } = row.Context;
    const fields = new Map([
      ['ossaccesskeyid', AccessId],
      ['policy', Policy],
      ['signature', Signature],
      ['key', OssKey],
    ]);
    assert.equal(OssKey, uploadKeyOf(call.accountId, row.HashKey));
    assert.deepEqual(readUploadForm(call.app.vault, fields, Number(row.Expire) - 1), { key: OssKey, maxBytes: 100 * 1024 * 1024 });
    assert.ok('code' in readUploadForm(call.app.vault, fields, Number(row.Expire)));
  }
});

test('a file that is too large gets no form, others beside it do', async (context) => {
  const call = await openCall(context);
  const small = { ...call, app: { ...call.app, uploadBytes: 10 } };
  const HashKeyContextList = [{ HashKey: keyOf('a'), FileSize: 10 }, { HashKey: keyOf('b'), FileSize: 11 }, { HashKey: keyOf('c') }];
  const { UploadUrlList } = await askWell(createFileDetectUploadUrl, small, { Type: 0, HashKeyContextList, HashKeyList: [keyOf('b'), keyOf('d')] });
  assert.deepEqual(
    UploadUrlList.map((row) => [row.HashKey, row.Code, 'Context' in row, 'PublicUrl' in row]),
    [
      [keyOf('a'), '200', true, true],
      [keyOf('b'), 'FileSizeExceeded', false, false],
      [keyOf('c'), '200', true, true],
      [keyOf('d'), '200', true, true],
    ],
  );
});

test('a file exists when a detection of it is kept and the file is there, for its account only', async (context) => {
  const call = await openCall(context);
  const other = { ...call, accountId: 'other' };
  const exists = async (by = call) => {
    const { UploadUrlList } = await askWell(createFileDetectUploadUrl, by, { Type: 0, HashKeyList: [keyOf('a')] });
    assert.ok(UploadUrlList[0]?.Context, 'clients read OssKey either way');
    return UploadUrlList[0].FileExist;
  };
  putUpload(call, 'a');
  assert.equal(await exists(), false);
  await detected(call, keyOf('a'));
  assert.deepEqual([await exists(), await exists(other)], [true, false]);
  await detected(call, keyOf('a'), { state: 'done', result: aJudgedFile('a'), members: [] });
  assert.equal(await exists(), true);
  call.wait(5 * 3600_000);
  assert.equal(await exists(), false);
  await detected(call, keyOf('a'), { state: 'failed', kind: 'wrong-hash', message: '' });
  assert.equal(await exists(), false);
  await detected(other, keyOf('a'));
  assert.equal(await exists(other), false, 'without the file');
});

test('a call without a hash, or with one that is none, is refused', async (context) => {
  const call = await openCall(context);
  assert.equal(await ask(createFileDetectUploadUrl, call, { Type: 0 }), 'MissingHashKeyList');
  assert.equal(await ask(createFileDetectUploadUrl, call, { Type: 0, HashKeyList: [] }), 'MissingHashKeyList');
  assert.equal(await ask(createFileDetectUploadUrl, call, { HashKeyList: [keyOf('a')] }), 'MissingType');
  for (const key of ['x', keyOf('a').toUpperCase(), `${keyOf('a')}0`, '../../../../etc/passwd', `${keyOf('a')}\n`])
    assert.equal(await ask(createFileDetectUploadUrl, call, { Type: 0, HashKeyList: [keyOf('a'), key] }), 'InvalidHashKey', key);
});
