import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba } from '../../../../../test/support/alibaba-call.ts';
import { openInventory } from '../../../../../test/support/inventory.ts';
import { anImage } from '../../../../../test/support/stored-images.ts';
import { describeClusterImageSecuritySummary } from './DescribeClusterImageSecuritySummary.ts';

test('open malicious files are counted by risk in the images that are chosen', async (context) => {
  const { call } = await openInventory(context);
  const told = async (raw: object, accountId = 'default'): Promise<string> => {
    const answer = await askAlibaba(describeClusterImageSecuritySummary, { ...call, accountId }, { ...raw });
    return typeof answer === 'string' ? answer : answer.ClusterImageEvent.ImageMaliciousFile.map(({ RiskLevel, Count }) => `${RiskLevel}:${Count}`).join(' ');
  };
  const field = (ContainerFieldName: string, ContainerFieldValue: string) => ({ ContainerFieldName, ContainerFieldValue });
  const cases: readonly (readonly [object, string])[] = [
    [{}, 'high:1 medium:1 low:1'],
    [{ ImageDigest: anImage('team/app:1').digest }, 'high:1 low:1'],
    [{ ImageTag: '7' }, 'medium:1'],
    [{ ImageRepoName: 'AP' }, 'high:1 low:1'],
    [{ ImageRepoNamespace: 'hop' }, 'medium:1'],
    [{ ImageRepoNamespace: 'team', ImageTag: '2' }, ''],
    [{ ClusterId: 'c' }, ''],
    [field('clusterId', 'c'), ''],
    [field('pod', 'p'), ''],
    [field('image', 'team/app:1'), 'high:1 low:1'],
    [field('imageRepoName', 'cart'), 'medium:1'],
    [field('imageRepoNamespace', 'team'), 'high:1 low:1'],
    [field('imageRepoTag', '7'), 'medium:1'],
    [field('imageDigest', anImage('team/app:1').digest.slice(7)), 'high:1 low:1'],
    [{ ContainerFieldName: 'pod' }, 'high:1 medium:1 low:1'],
    [{ ...field('imageRepoTag', '7'), ImageTag: '1' }, 'InvalidContainerFieldName'],
    [field('toString', 'x'), 'InvalidContainerFieldName'],
  ];
  for (const [raw, wanted] of cases) assert.equal(await told(raw), wanted, JSON.stringify(raw));
  assert.equal(await told({}, 'other'), '');
});
