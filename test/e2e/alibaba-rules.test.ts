import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createAccount } from '#app/accounts.ts';
import { createKey } from '#app/create-key.ts';
import { alibabaSdks } from '../support/alibaba-sdks.ts';
import { openGround } from '../support/ground.ts';
import { conditionsText, ruleByMd5 } from '../support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';
import { sdkProfiles, sdks } from '../support/tencent-sdks.ts';

type Answer = Readonly<Record<string, unknown>>;

function rowsOf(answer: Answer, name: string): readonly Answer[] {
  return answer[name] as readonly Answer[];
}

for (const sdk of alibabaSdks) {
  test(`${sdk.name}: a finding is on the white list everywhere while a rule is for it, and open again without it`, { timeout: 60_000 }, async (context) => {
    const { server, app, key } = await openGround(context);
    const [shell, miner] = [aFinding('/srv/shell.php'), aFinding('/bin/miner')];
    await storeImage(app.store, anImage('team/app:1'), { scan: aScan(), findings: [shell, miner] });
    const base = await storeImage(app.store, anImage('team/base:1'), { scan: aScan(), findings: [shell] });
    const call = sdk.connect({ endpoint: server.endpoint, protocol: 'http', key });
    const [profile] = sdkProfiles;
    const [other] = sdks;
    assert.ok(profile !== undefined && other !== undefined);
    const tencent = other.connect({ endpoint: server.endpoint, key, profile });
    const page = { CurrentPage: 1, PageSize: '20' };
    const told = async (): Promise<unknown> => {
      const grouped = await call('DescribeGroupedMaliciousFiles', { ...page, MaliciousMd5: shell.md5 });
      const affected = await call('DescribeAffectedMaliciousFileImages', { ...page, MaliciousMd5: shell.md5 });
      const open = await call('DescribeAffectedMaliciousFileImages', { ...page, Status: '0' });
      const viruses = await tencent('DescribeAssetImageVirusList', { ImageID: base });
      return {
        grouped: rowsOf(grouped, 'GroupedMaliciousFileResponse').map(({ Status, ImageCount }) => [Status, ImageCount]),
        affected: rowsOf(affected, 'AffectedMaliciousFileImagesResponse').map(({ Status }) => Status),
        open: rowsOf(open, 'AffectedMaliciousFileImagesResponse')
          .map(({ FilePath }) => String(FilePath))
          .sort(),
        base: viruses['TotalCount'],
      };
    };
    const whole = { grouped: [[0, 2]], affected: [0, 0], open: ['/bin/miner', '/srv/shell.php', '/srv/shell.php'], base: 1 };
    const allowed = { grouped: [[3, 2]], affected: [3, 3], open: ['/bin/miner'], base: 0 };
    assert.deepEqual(await told(), whole);

    const added = await call('AddImageEventOperation', ruleByMd5(shell.md5, { EventName: 'a b&c=d*(e)+"你"', Note: "it's ~ours!" }));
    const { Id } = added['Data'] as { readonly Id: number };
    assert.equal(typeof Id, 'number');
    assert.deepEqual(await told(), allowed);
    const read = (await call('GetImageEventOperation', { Id }))['Data'] as Answer;
    assert.deepEqual([read['EventName'], read['Note']], ['a b&c=d*(e)+"你"', "it's ~ours!"]);
    const listed = (await call('DescribeImageEventOperationPage', { EventName: 'a b&c=d*(e)+"你"' }))['Data'] as Answer;
    assert.deepEqual(
      rowsOf(listed, 'List').map((row) => row['Id']),
      [Id],
    );
    await call('UpdateImageEventOperation', { Id, Conditions: conditionsText(['PATH', 'endWith', '.php']), Source: 'image' });
    assert.deepEqual(await told(), allowed);
    await call('UpdateImageEventOperation', { Id, Scenarios: JSON.stringify({ type: 'repo', value: 'team/nothing' }) });
    assert.deepEqual(await told(), whole);
    await call('UpdateImageEventOperation', { Id, Scenarios: JSON.stringify({ type: 'default', value: '' }) });
    assert.deepEqual(await told(), allowed);
    await call('DeleteImageEventOperation', { Id });
    assert.deepEqual(await told(), whole);
    const conditions = (await call('DescribeImageEventOperationCondition', { Lang: 'en' }))['Data'] as Answer;
    assert.equal(rowsOf(conditions, 'Scenarios').length, 3);

    const created = (await call('CreateMaliciousFileWhitelistConfig', { Field: 'fileMd5', FieldValue: shell.md5 }))['Data'] as Answer;
    assert.equal(typeof created['Id'], 'string');
    const ConfigId = Number(created['Id']);
    assert.deepEqual(await told(), allowed);
    assert.equal(((await call('GetMaliciousFileWhitelistConfig', { ConfigId }))['Data'] as Answer)['Id'], ConfigId);
    await call('UpdateMaliciousFileWhitelistConfig', { ConfigId, FieldValue: '0'.repeat(32) });
    await call('BatchUpdateMaliciousFileWhitelistConfig', { ConfigList: [{ ConfigId, FieldValue: shell.md5 }] });
    assert.deepEqual(await told(), allowed);
    assert.equal(rowsOf(await call('ListMaliciousFileWhitelistConfigs', { PageSize: 1 }), 'List').length, 1);
    await call('DeleteMaliciousFileWhitelistConfig', { ConfigId });
    assert.deepEqual(await told(), whole);
    const again = await call('CreateMaliciousFileWhitelistConfig', { Field: 'filePath', FieldValue: '/x' });
    await call('BatchDeleteMaliciousFileWhitelistConfig', { ConfigIdList: [(again['Data'] as Answer)['Id']] });

    const rows = rowsOf(await call('DescribeAffectedMaliciousFileImages', { ...page, MaliciousMd5: shell.md5 }), 'AffectedMaliciousFileImagesResponse');
    const FileIdList = rows.map((row) => row['Id']);
    await call('HandleMaliciousFiles', { FileIdList, Operation: 'addWhitelist' });
    assert.deepEqual(await told(), allowed);
    await call('HandleMaliciousFiles', { FileIdList, Operation: 'offWhitelist' });
    assert.deepEqual(await told(), whole);
  });
}

test('rules of one account allow nothing in another, and each change is on record', { timeout: 60_000 }, async (context) => {
  const { server, app, key } = await openGround(context);
  const stranger = await createAccount(app, 'stranger', randomBytes);
  const strange = await createKey(app, stranger.id, { name: 'test', randomBytes });
  const finding = aFinding('/x');
  await storeImage(app.store, anImage('a:1'), { scan: aScan(), findings: [finding] });
  const [sdk] = alibabaSdks;
  assert.ok(sdk !== undefined);
  const place = { endpoint: server.endpoint, protocol: 'http' } as const;
  const [mine, theirs] = [sdk.connect({ ...place, key }), sdk.connect({ ...place, key: strange })];
  const { Id } = (await theirs('AddImageEventOperation', ruleByMd5(finding.md5)))['Data'] as { readonly Id: number };
  const page = { CurrentPage: 1, PageSize: '20' };
  assert.equal(rowsOf(await mine('DescribeGroupedMaliciousFiles', page), 'GroupedMaliciousFileResponse')[0]?.['Status'], 0);
  for (const action of ['GetImageEventOperation', 'DeleteImageEventOperation']) await assert.rejects(mine(action, { Id }), { code: 'ResourceNotFound' });
  const recorded = async (accountId: string): Promise<readonly unknown[]> =>
    (await app.store.audit.list({ accountId, offset: 0, limit: 10 })).rows.map(({ action, code }) => `${action} ${code}`);
  assert.deepEqual(await recorded('default'), ['DeleteImageEventOperation ResourceNotFound']);
  assert.deepEqual(await recorded(stranger.id), ['AddImageEventOperation OK']);
});
