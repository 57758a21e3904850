import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alibabaSdks } from '../support/alibaba-sdks.ts';
import { openGround } from '../support/ground.ts';
import { ruleByMd5 } from '../support/image-rules.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';

type Answer = Readonly<Record<string, unknown>>;

for (const sdk of alibabaSdks) {
  test(`${sdk.name}: inventory and counters follow what is scanned, found and allowed`, { timeout: 60_000 }, async (context) => {
    const { server, app, key } = await openGround(context);
    const call = sdk.connect({ endpoint: server.endpoint, protocol: 'http', key });
    const rows = async (action: string, list: string, parameters: Answer): Promise<readonly Answer[]> =>
      (await call(action, parameters))[list] as readonly Answer[];
    const numbers = async (): Promise<unknown> => {
      const { InstanceCount, RiskInstanceCount } = await call('DescribeImageStatistics', {});
      const levels = await rows('DescribeImageRiskLevelStatistic', 'ImageRiskLevelList', {});
      const dealt = (await call('DescribeImageSecurityScanCount', { Dealed: 'Y' }))['Data'] as Answer;
      return [
        [InstanceCount, RiskInstanceCount],
        [(await call('DescribeCountScannedImage', {}))['ScannedCount'], (await call('DescribeCountNotScannedImage', {}))['NotScannedCnt']],
        levels.map(({ Cnt }) => Cnt),
        dealt['ImageMaliciousFileCount'],
      ];
    };
    assert.deepEqual(await numbers(), [[0, 0], [0, 0], [0, 0, 0, 0], 0]);
    await storeImage(app.store, anImage('team/a b&c:1'));
    const shell = aFinding('/srv/shell.php');
    await storeImage(app.store, anImage('team/web:2'), { scan: aScan(), findings: [shell] });
    assert.deepEqual(await numbers(), [[2, 1], [1, 1], [1, 0, 0, 0], 0]);
    const Criteria = JSON.stringify([
      { name: 'repoName', value: 'A B&C', logicalExp: 'AND' },
      { name: 'riskStatus', value: 'YES' },
    ]);
    const tags = async (LogicalExp: string): Promise<readonly unknown[]> =>
      (await rows('DescribeImageInstances', 'ImageInstanceList', { Criteria, LogicalExp })).map(({ Tag }) => String(Tag)).toSorted();
    assert.deepEqual([await tags('AND'), await tags('OR')], [[], ['1', '2']]);
    const [found] = await rows('DescribeImageInstances', 'ImageInstanceList', { Scanned: true });
    const [info] = await rows('DescribeImageInfoList', 'ImageInfos', { Uuids: found?.['Uuid'] });
    assert.deepEqual([found?.['ImageSize'], info?.['ImageSize'], info?.['AlarmCount']], ['1000', 1000, 1]);
    const repositories = await rows('DescribeImageRepoDetailList', 'ImageRepoResponses', { Criteria, LogicalExp: 'OR' });
    assert.deepEqual(repositories.map(({ RepoName, AlarmCount }) => `${String(RepoName)} ${String(AlarmCount)}`).toSorted(), ['a b&c 0', 'web 1']);
    await call('AddImageEventOperation', ruleByMd5(shell.md5));
    assert.deepEqual(await numbers(), [[2, 0], [1, 1], [0, 0, 0, 1], 1]);
  });
}
