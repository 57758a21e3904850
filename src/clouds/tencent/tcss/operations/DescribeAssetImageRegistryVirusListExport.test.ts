import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall, type TestCall } from '../../../../../test/support/cloud-call.ts';
import { writeNextExport } from '../../../../../test/support/exported.ts';
import { aFinding, anImage, storeImage } from '../../../../../test/support/stored-images.ts';
import { registryVirusColumns } from '../export-columns.ts';
import { describeAssetImageRegistryVirusListExport } from './DescribeAssetImageRegistryVirusListExport.ts';

const info = { InstanceName: 'main', Namespace: 'team', ImageName: 'app', ImageTag: '1', Force: '' };

async function withRegistry(call: TestCall): Promise<number> {
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
  const registry = {
    accountId: 'default',
    name: 'main',
    kind: 'harbor',
    address: 'hub.example',
    region: '',
    insecure: false,
    username: '',
    secret: '',
    policy,
  } as const;
  await call.store.registries.add(registry, 1);
  const findings = Array.from({ length: 12 }, (_, index) => aFinding(`/f${index}`));
  await storeImage(call.store, anImage('hub.example/team/app:1'), { findings, local: false });
  await storeImage(call.store, anImage('local:1'), { findings });
  const { rows } = await call.store.repositories.images({ accountId: 'default', ofRegistry: true, by: 'name', order: 'asc', offset: 0, limit: 1 });
  return rows[0]?.id ?? 0;
}

test('the viruses of a repository image are exported, found by its id or by where it is kept', async (context) => {
  const call = await openCall(context);
  const Id = await withRegistry(call);
  const { DownloadUrl, JobId } = await askWell(describeAssetImageRegistryVirusListExport, call, { Id });
  const { job, cells } = await writeNextExport(call);
  assert.deepEqual([job.id, job.source], [JobId, 'registry']);
  assert.match(DownloadUrl, new RegExp(`/downloads/${JobId}/`));
  assert.deepEqual([cells.length, cells[0]?.length], [11, Object.keys(registryVirusColumns).length]);
  await askWell(describeAssetImageRegistryVirusListExport, call, {
    ImageInfo: info,
    ExportField: ['FileName', 'FileType', 'RiskLevel'],
    Limit: 100,
    Offset: 10,
  });
  assert.deepEqual((await writeNextExport({ ...call, language: 'en' })).cells.slice(1), [
    ['f1', 'SCRIPT', 'Critical'],
    ['f0', 'SCRIPT', 'Critical'],
  ]);
});

test('what is no repository image is not found, and one must be named', async (context) => {
  const call = await openCall(context);
  const Id = await withRegistry(call);
  const { rows } = await call.store.repositories.images({ accountId: 'default', ofRegistry: false, by: 'name', order: 'asc', offset: 0, limit: 1 });
  const wrong = [
    { Id: 999 },
    { Id: rows[0]?.id },
    { ImageInfo: { ...info, ImageTag: '2' } },
    { ImageInfo: { ...info, InstanceName: 'x' } },
    { ImageInfo: { ...info, ImageDigest: 'x' } },
  ];
  for (const raw of wrong) await assert.rejects(ask(describeAssetImageRegistryVirusListExport, call, raw), { code: 'not-found' }, JSON.stringify(raw));
  await assert.rejects(ask(describeAssetImageRegistryVirusListExport, { ...call, accountId: 'other' }, { Id }), { code: 'not-found' });
  assert.equal(await ask(describeAssetImageRegistryVirusListExport, call, {}), 'InvalidParameter');
  assert.equal(await ask(describeAssetImageRegistryVirusListExport, call, { Id, ExportField: ['Md5'] }), 'InvalidParameterValue');
  assert.equal(await ask(describeAssetImageRegistryVirusListExport, call, { ImageInfo: { InstanceName: 'main' } }), 'MissingParameter');
});
