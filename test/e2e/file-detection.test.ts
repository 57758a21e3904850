import assert from 'node:assert/strict';
import { hash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32, gzipSync } from 'node:zlib';
import Rpc from '@alicloud/pop-core';
import { testFolder } from '../support/folder.ts';
import { descendants, lazaret } from '../support/lazaret.ts';
import { eicar } from '../support/samples.ts';
import { type Serving, startServing } from '../support/serving.ts';

// Files handed in one by one, as the vendor's own client does it: ask for the result, upload, have it detected, ask until it is there.

interface Row {
  readonly HashKey: string;
  readonly Code: string;
  readonly Message: string;
  readonly Result: number;
  readonly Score: number;
  readonly VirusType?: string;
  readonly Compress?: boolean;
  readonly Ext?: string;
  readonly Path?: string;
}

interface UploadUrl {
  readonly FileExist: boolean;
  readonly Code: string;
  readonly PublicUrl: string;
  readonly Context: { readonly AccessId: string; readonly OssKey: string; readonly Policy: string; readonly Signature: string };
}

type Ask = <T>(action: string, parameters: Readonly<Record<string, unknown>>) => Promise<T>;

class Ground {
  readonly data: string;
  private readonly context: TestContext;

  constructor(context: TestContext) {
    this.context = context;
    this.data = join(testFolder(context), 'data');
  }

  async serve(...more: readonly string[]): Promise<Serving> {
    const serving = await startServing(this.data, more);
    this.context.after(() => serving.stop());
    return serving;
  }

  async client({ endpoint }: Serving): Promise<Ask> {
    const { secretId, secretKey } = JSON.parse((await lazaret(['keys', 'create', '--data', this.data, '--format', 'json'])).stdout) as {
      readonly secretId: string;
      readonly secretKey: string;
    };
    const client = new Rpc({ endpoint: `http://${endpoint}`, apiVersion: '2018-12-03', accessKeyId: secretId, accessKeySecret: secretKey });
    return (action, parameters) => client.request(action, parameters, { method: 'POST' });
  }

  uploads(): readonly string[] {
    const folder = join(this.data, 'uploads');
    return existsSync(folder) ? readdirSync(folder) : [];
  }
}

const md5 = (content: Buffer) => hash('md5', content);

async function uploadUrl(ask: Ask, key: string): Promise<UploadUrl> {
  const { UploadUrlList } = await ask<{ UploadUrlList: UploadUrl[] }>('CreateFileDetectUploadUrl', {
    Type: 0,
    HashKeyContextList: [{ HashKey: key, FileSize: 1 }],
  });
  const [url] = UploadUrlList;
  assert.ok(url);
  return url;
}

async function upload({ PublicUrl, Context }: UploadUrl, content: Buffer): Promise<Response> {
  const form = new FormData();
  form.set('OSSAccessKeyId', Context.AccessId);
  form.set('policy', Context.Policy);
  form.set('Signature', Context.Signature);
  form.set('key', Context.OssKey);
  form.set('file', new Blob([new Uint8Array(content)]), 'sample');
  return fetch(PublicUrl, { method: 'POST', body: form });
}

async function handIn(ask: Ask, content: Buffer, more: Readonly<Record<string, unknown>> = {}, key = md5(content)): Promise<string> {
  const url = await uploadUrl(ask, key);
  if (!url.FileExist) assert.equal((await upload(url, content)).status, 204);
  await ask('CreateFileDetect', { Type: 0, HashKey: key, OssKey: url.Context.OssKey, ...more });
  return key;
}

async function rowOf(ask: Ask, key: string): Promise<Row> {
  const { ResultList } = await ask<{ ResultList: Row[] }>('GetFileDetectResult', { Type: 0, HashKeyList: [key] });
  const [row] = ResultList;
  assert.equal(row?.HashKey, key);
  return row;
}

async function settled(ask: Ask, key: string, seconds = 40): Promise<Row> {
  for (const end = performance.now() + seconds * 1000; ; await sleep(100)) {
    const row = await rowOf(ask, key);
    if (row.Code !== '200' || row.Result !== 3) return row;
    assert.ok(performance.now() < end, `no result within ${seconds} s: ${JSON.stringify(row)}`);
  }
}

/** A zip of stored members. */
function zip(members: Readonly<Record<string, Buffer>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(members)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000'), common, tail, Buffer.from(name)]));
    bodies.push(local);
    at += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, entries, end]);
}

test('a file is uploaded, detected and told, whichever hash it goes by', { timeout: 120_000 }, async (t) => {
  const ground = new Ground(t);
  const serving = await ground.serve();
  const ask = await ground.client(serving);
  const clean = Buffer.from('nothing to see here\n');
  await assert.rejects(rowOf(ask, md5(eicar())), { code: 'GetResultFail' });
  const keys = [await handIn(ask, eicar()), await handIn(ask, eicar(), {}, hash('sha256', eicar())), await handIn(ask, clean)];
  for (const key of keys.slice(0, 2)) {
    const row = await settled(ask, key);
    assert.deepEqual([row.Code, row.Result, row.VirusType, row.Compress], ['200', 1, 'Engtest', false]);
    assert.ok(row.Score > 80 && row.Score <= 100);
    assert.deepEqual(JSON.parse(row.Ext ?? ''), { HighLight: [[0, 68]], FileLabel: ['Text'] });
  }
  const row = await settled(ask, keys[2] ?? '');
  assert.deepEqual([row.Code, row.Result, row.Score, row.VirusType], ['200', 0, 0, undefined]);
  assert.equal((await uploadUrl(ask, md5(clean))).FileExist, true);
  const { Data } = await ask<{ Data: { InvokeCount: number } }>('GetFileDetectApiInvokeInfo', {});
  assert.equal(Data.InvokeCount, 3);
  const report = await ask<{ Data: { ThreatLevel: number; ThreatTypes: string } }>('GetFileDetectReport', { FileHash: hash('sha256', eicar()) });
  const [threat] = JSON.parse(report.Data.ThreatTypes) as readonly { readonly threat_type: string }[];
  assert.deepEqual([report.Data.ThreatLevel, threat?.threat_type], [2, 'Engtest']);
});

test('archives are opened as far as asked, and the archive is as bad as its worst member', { timeout: 120_000 }, async (t) => {
  const ground = new Ground(t);
  const ask = await ground.client(await ground.serve());
  const inner = zip({ 'deep.txt': eicar() });
  const archive = zip({ 'a.txt': Buffer.from('clean'), 'dir/eicar.com': eicar(), 'inner.zip': inner, 'packed.gz': gzipSync(eicar()) });
  const closed = await settled(ask, await handIn(ask, archive));
  assert.deepEqual([closed.Result, closed.Compress], [0, true]);
  const key = await handIn(ask, archive, { Decompress: true, DecompressMaxLayer: 5, DecompressMaxFileCount: 100 });
  const open = await settled(ask, key);
  assert.deepEqual([open.Result, open.Compress, open.VirusType], [1, true, 'Engtest']);
  const list = async (CurrentPage: number, PageSize: number) =>
    ask<{ ResultList: Row[]; PageInfo: { TotalCount: number } }>('ListCompressFileDetectResult', { HashKey: key, CurrentPage, PageSize });
  const { ResultList, PageInfo } = await list(1, 50);
  assert.equal(PageInfo.TotalCount, ResultList.length);
  const bad = ResultList.filter(({ Result }) => Result === 1).map(({ Path }) => Path);
  assert.ok(bad.includes('dir/eicar.com') && bad.includes('inner.zip!/deep.txt'), String(bad));
  assert.equal(bad.filter((path) => path?.startsWith('packed.gz')).length > 0, true, String(bad));
  assert.equal(ResultList.find(({ Path }) => Path === 'a.txt')?.Result, 0);
  assert.equal((await list(2, 1)).ResultList[0]?.Path, ResultList[1]?.Path);
});

test('a file is fetched from its URL, but not from inside unless that is allowed', { timeout: 120_000 }, async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/eicar') response.end(eicar());
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ground = new Ground(t);
  const closed = await ground.serve();
  const fetchIt = async (ask: Ask, path: string, key: string) => {
    await ask('CreateFileDetect', { Type: 0, HashKey: key, DownloadUrl: `${base}${path}` });
    return settled(ask, key);
  };
  const refused = await fetchIt(await ground.client(closed), '/eicar', md5(eicar()));
  assert.deepEqual([refused.Code, refused.Result], ['DownloadFail', 3]);
  await closed.stop();
  const ask = await ground.client(await ground.serve('--allow-private-downloads'));
  assert.equal((await fetchIt(ask, '/eicar', md5(eicar()))).VirusType, 'Engtest');
  assert.equal((await fetchIt(ask, '/missing', md5(Buffer.from('x')))).Code, 'DownloadFail');
  assert.equal((await fetchIt(ask, '/eicar', md5(Buffer.from('y')))).Code, 'HashMismatch');
});

test('an upload that is not what it was announced as leaves nothing to detect', { timeout: 120_000 }, async (t) => {
  const ground = new Ground(t);
  const ask = await ground.client(await ground.serve('--no-scanning', '--upload-limit', '1'));
  const url = await uploadUrl(ask, md5(eicar()));
  const codeOf = async (response: Response) => `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1]}`;
  assert.equal(await codeOf(await upload(url, Buffer.from('other'))), '400 InvalidDigest');
  assert.equal(await codeOf(await upload(url, Buffer.alloc(1024 * 1024 + 1))), '400 EntityTooLarge');
  assert.equal(await codeOf(await upload({ ...url, Context: { ...url.Context, Signature: 'x' } }, eicar())), '403 SignatureDoesNotMatch');
  assert.equal(await codeOf(await upload({ ...url, Context: { ...url.Context, OssKey: '../../key' } }, eicar())), '403 AccessDenied');
  assert.deepEqual(ground.uploads(), []);
  await assert.rejects(ask('CreateFileDetect', { Type: 0, HashKey: md5(eicar()), OssKey: url.Context.OssKey }), { code: 'IllegalParam' });
  const both = await Promise.all([upload(url, eicar()), upload(url, eicar())]);
  assert.deepEqual(
    both.map(({ status }) => status),
    [204, 204],
  );
  assert.equal(ground.uploads().length, 1);
});

test('a detection outlives its worker, and a server that is started anew knows it', { timeout: 180_000 }, async (t) => {
  const ground = new Ground(t);
  const rules = join(ground.data, '..', 'slow.yar');
  // Looks at every byte in a loop, so that a detection takes seconds.
  writeFileSync(
    rules,
    'rule Slow { condition: filesize > 100KB and for any i in (1..filesize) : ( for any j in (1..8) : ( uint8(i + j) == 1 and uint8(i + j + 1) == 2 and uint8(i + j + 2) == 3 and uint8(i + j + 3) == 4 ) ) }',
  );
  const serving = await ground.serve('--rules', rules);
  let log = '';
  serving.running.child.stdout?.on('data', (text: string) => {
    log += text;
  });
  const ask = await ground.client(serving);
  const key = await handIn(ask, randomBytes(3_000_000));
  const { pid = 0 } = serving.running.child;
  while (!log.includes('detection start')) await sleep(10);
  await sleep(300);
  const workers = descendants(pid, 'worker/main.ts');
  assert.equal(workers.length, 1);
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  assert.equal((await rowOf(ask, key)).Result, 3);
  const row = await settled(ask, key, 90);
  assert.ok(row.Code === '200' ? row.Result === 0 : row.Code === 'DetectIncomplete', JSON.stringify(row));
  await serving.stop();
  const again = await ground.client(await ground.serve('--no-scanning'));
  assert.deepEqual(await rowOf(again, key), row);
});
