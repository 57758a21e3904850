import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultAccount } from '#app/app.ts';
import { disableKey } from '#app/disable-key.ts';
import { alibabaSdks } from '../support/alibaba-sdks.ts';
import { openGround } from '../support/ground.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';

// Names with everything that signing and encoding may get wrong.
const oddName = 'Odd.a b&c=d*e~f(g)!\'h+i"j%k你好é';
const requestId = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

for (const sdk of alibabaSdks) {
  test(`${sdk.name} is answered, also with odd characters, and told what is wrong`, { timeout: 60_000 }, async (context) => {
    const { server, app, key } = await openGround(context);
    const finding = aFinding('/bin/odd', { name: oddName });
    await storeImage(app.store, anImage('team/app:1'), { scan: aScan(), findings: [finding, aFinding('/bin/low', { severity: 'low' })] });
    const place = { endpoint: server.endpoint, protocol: 'http', key } as const;
    const call = sdk.connect(place);
    const page = { CurrentPage: 1, PageSize: '20' };
    const answer = await call('DescribeGroupedMaliciousFiles', { ...page, FuzzyMaliciousName: oddName, ScanRange: ['image', 'container'], Levels: 'serious' });
    assert.match(String(answer['RequestId']), requestId);
    assert.deepEqual({ ...(answer['PageInfo'] as object) }, { CurrentPage: 1, PageSize: 20, TotalCount: 1, Count: 1 });
    const [row] = answer['GroupedMaliciousFileResponse'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      [row?.['MaliciousName'], row?.['MaliciousMd5'], row?.['ImageCount'], row?.['Status'], row?.['Level']],
      [oddName, finding.md5, 1, 0, 'serious'],
    );
    const affected = await call('DescribeAffectedMaliciousFileImages', { ...page, MaliciousMd5: finding.md5 });
    const [place1] = affected['AffectedMaliciousFileImagesResponse'] as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual([place1?.['FilePath'], place1?.['RepoName'], place1?.['Tag']], ['/bin/odd', 'app', '1']);
    const fails = (work: Promise<unknown>, code: string): Promise<void> => assert.rejects(work, (error: { readonly code?: string }) => error.code === code);
    await fails(call('DescribeGroupedMaliciousFiles', { CurrentPage: 1 }), 'MissingPageSize');
    await fails(call('DescribeGroupedMaliciousFiles', { ...page, CurrentPage: 0 }), 'InvalidCurrentPage');
    await fails(call('DescribeNothing', {}), 'InvalidAction.NotFound');
    await fails(sdk.connect(place, '2000-01-01')('DescribeGroupedMaliciousFiles', page), 'InvalidVersion');
    await fails(sdk.connect({ ...place, key: { ...key, secretKey: 'x' } })('DescribeGroupedMaliciousFiles', page), 'SignatureDoesNotMatch');
    await fails(sdk.connect({ ...place, key: { ...key, secretId: 'LTAInobody' } })('DescribeGroupedMaliciousFiles', page), 'InvalidAccessKeyId.NotFound');
    await disableKey(app, defaultAccount, key.secretId);
    await fails(call('DescribeGroupedMaliciousFiles', page), 'InvalidAccessKeyId.Inactive');
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

// What users write who change nothing but endpoint and key: the newer clients speak HTTPS unless told otherwise.
const script = `
const { default: Client, Config, Params, OpenApiRequest } = require('@alicloud/openapi-client');
const { RuntimeOptions } = require('@alicloud/tea-util');
const Pop = require('@alicloud/pop-core');
const { KEY_ID: accessKeyId, KEY_SECRET: accessKeySecret, ENDPOINT: endpoint } = process.env;
const client = (signatureAlgorithm) => new Client(new Config({ accessKeyId, accessKeySecret, endpoint, signatureAlgorithm }));
const pop = new Pop({ accessKeyId, accessKeySecret, endpoint: 'https://' + endpoint, apiVersion: '2018-12-03' });
const page = { CurrentPage: '1', PageSize: '20' };
const api = new Params({ action: 'DescribeGroupedMaliciousFiles', version: '2018-12-03', protocol: 'HTTPS', method: 'POST', authType: 'AK', style: 'RPC', pathname: '/', reqBodyType: 'json', bodyType: 'json' });
const ask = async (algorithm) => (await client(algorithm).callApi(api, new OpenApiRequest({ query: page }), new RuntimeOptions({}))).body;
Promise.all([ask(), ask('v2'), pop.request(api.action, page), pop.request(api.action, page, { method: 'POST' })]).then(
  (answers) => console.log(JSON.stringify(answers.map(({ PageInfo }) => PageInfo.PageSize))),
  (error) => { console.error(error.message); process.exitCode = 1; },
);`;

test('clients that speak HTTPS trust the authority made at first start, and no other', { timeout: 60_000 }, async (context) => {
  const port = await freePort();
  const { app, key } = await openGround(context, ['--listen', `https://127.0.0.1:${port}`]);
  const ask = (environment: Record<string, string>) =>
    spawnSync(process.execPath, ['-e', script], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: process.env['PATH'], KEY_ID: key.secretId, KEY_SECRET: key.secretKey, ENDPOINT: `127.0.0.1:${port}`, ...environment },
    });
  const trusted = ask({ NODE_EXTRA_CA_CERTS: join(app.dataDir, 'tls', 'ca.pem') });
  assert.equal(trusted.stdout.trim(), '[20,20,20,20]', trusted.stderr);
  assert.match(ask({}).stderr, /certificate/);
});
