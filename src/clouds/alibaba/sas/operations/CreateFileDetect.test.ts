import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uploadFileName, uploadKeyOf } from '#app/upload-folder.ts';
import { askAlibaba as ask, askAlibabaWell as askWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall, type TestCall } from '../../../../../test/support/cloud-call.ts';
import { keyOf, putUpload } from '../../../../../test/support/detected-files.ts';
import { createFileDetect } from './CreateFileDetect.ts';

const key = keyOf('a');
const claimed = (call: TestCall) => call.store.fileDetections.claim('worker', call.app.clock(), call.app.clock() + 1000);

test('an uploaded file is queued, with or without its key, and archives stay closed', async (context) => {
  const call = await openCall(context);
  putUpload(call, 'a');
  const OssKey = uploadKeyOf(call.accountId, key);
  for (const raw of [{ OssKey }, {}, { OssKey, DownloadUrl: 'http://x/' }, { Decompress: false, DecompressMaxLayer: 2 }]) {
    assert.deepEqual(await askWell(createFileDetect, call, { Type: 0, HashKey: key, ...raw }), { HashKey: key });
    const job = await claimed(call);
    assert.deepEqual([job?.file, job?.url, job?.unpack], [uploadFileName(OssKey), '', undefined]);
    await call.store.fileDetections.finish('worker', job?.id ?? 0, { outcome: { state: 'failed', kind: 'internal', message: '' }, at: 1, keepUntil: 2 ** 50 });
  }
});

test('a file is fetched from its URL, and an archive opened as far as asked', async (context) => {
  const call = await openCall(context);
  const raw = { Type: 0, HashKey: key, DownloadUrl: 'https://example.org/a?b=c', Decompress: true, DecompressMaxLayer: 5, DecompressMaxFileCount: 1000 };
  await askWell(createFileDetect, call, raw);
  const job = await claimed(call);
  assert.deepEqual([job?.file, job?.url, job?.unpack], ['', 'https://example.org/a?b=c', { layers: 5, files: 1000 }]);
});

test('a file that was not uploaded, or by another account, is refused', async (context) => {
  const call = await openCall(context);
  const other = { ...call, accountId: 'other' };
  putUpload(other, 'a');
  assert.equal(await ask(createFileDetect, call, { Type: 0, HashKey: key }), 'IllegalParam');
  assert.equal(await ask(createFileDetect, call, { Type: 0, HashKey: key, OssKey: uploadKeyOf('other', key) }), 'InvalidOssKey');
  assert.equal(await ask(createFileDetect, call, { Type: 0, HashKey: key, OssKey: uploadKeyOf(call.accountId, keyOf('b')) }), 'InvalidOssKey');
  assert.equal(await ask(createFileDetect, call, { Type: 0, HashKey: key, OssKey: '../../etc/passwd' }), 'InvalidOssKey');
  assert.equal(await claimed(call), undefined);
});

test('parameters that are missing or not allowed are refused', async (context) => {
  const call = await openCall(context);
  putUpload(call, 'a');
  const refused: [Readonly<Record<string, unknown>>, string][] = [
    [{ HashKey: key }, 'MissingType'],
    [{ Type: 0 }, 'MissingHashKey'],
    [{ Type: 6, DownloadUrl: 'https://example.org/' }, 'IllegalParam'],
    [{ Type: 0, HashKey: 'x' }, 'InvalidHashKey'],
    [{ Type: 0, HashKey: key.toUpperCase() }, 'InvalidHashKey'],
    [{ Type: 0, HashKey: key, Decompress: true }, 'MissingDecompressMaxLayer'],
    [{ Type: 0, HashKey: key, Decompress: true, DecompressMaxLayer: 1 }, 'MissingDecompressMaxFileCount'],
    [{ Type: 0, HashKey: key, Decompress: true, DecompressMaxLayer: 6, DecompressMaxFileCount: 1 }, 'InvalidDecompressMaxLayer'],
    [{ Type: 0, HashKey: key, Decompress: true, DecompressMaxLayer: 1, DecompressMaxFileCount: 1001 }, 'InvalidDecompressMaxFileCount'],
    ...['file:///etc/passwd', 'x', 'ftp://example.org/'].map((url): [Readonly<Record<string, unknown>>, string] => [
      { Type: 0, HashKey: key, DownloadUrl: url },
      'InvalidDownloadUrl',
    ]),
  ];
  for (const [raw, code] of refused) assert.equal(await ask(createFileDetect, call, raw), code, JSON.stringify(raw));
  assert.equal(await claimed(call), undefined);
});
