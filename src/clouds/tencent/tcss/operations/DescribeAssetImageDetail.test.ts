import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, askWell, openCall } from '../../../../../test/support/cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { describeAssetImageDetail } from './DescribeAssetImageDetail.ts';

test('an image is told with what its manifest and config say and how far its scan is', async (context) => {
  const call = await openCall(context);
  const image = anImage('registry.example:5000/team/app:1');
  const scan = aScan({ state: 'running', finishedAt: undefined, progress: 40.7, remainingSeconds: 2.1 });
  await storeImage(call.store, image, { scan, findings: [aFinding('/a')] });
  const answer = await askWell(describeAssetImageDetail, call, { ImageID: image.id });
  assert.deepEqual(answer, {
    ImageID: image.id,
    ImageName: image.reference,
    ImageDigest: image.digest,
    CreateTime: '2024-12-31 20:00:00',
    Size: 1000,
    HostCnt: 0,
    ContainerCnt: 0,
    SuperNodeCnt: 0,
    ScanTime: '2025-01-02 03:04:05',
    VulCnt: 0,
    RiskCnt: 0,
    SensitiveInfoCnt: 0,
    IsTrustImage: false,
    OsName: 'Debian GNU/Linux 12 (bookworm)',
    AgentError: '',
    ScanError: '',
    Architecture: 'amd64',
    Author: 'someone',
    BuildHistory: 'COPY app /app\nRUN make',
    ScanVirusProgress: answer.ScanVirusProgress,
    ScanVulProgress: 0,
    ScanRiskProgress: 0,
    ScanVirusError: '',
    ScanVulError: '',
    ScanRiskError: '',
    ScanStatus: 'SCANNING',
    VirusCnt: 1,
    Status: 1,
    RemainScanTime: answer.RemainScanTime,
    IsAuthorized: 1,
    Solution: '',
    Reason: '',
    RepoDigests: [`registry.example:5000/team/app@${image.digest}`],
  });
  assert.ok(Number.isInteger(answer.ScanVirusProgress) && answer.ScanVirusProgress >= 40 && answer.ScanVirusProgress <= 41);
  assert.ok(Number.isInteger(answer.RemainScanTime) && answer.RemainScanTime >= 2 && answer.RemainScanTime <= 3);
});

test('an image without a manifest has no repository digest, and one that failed says why', async (context) => {
  const call = await openCall(context);
  const image = anImage('app', { digest: '', created: '' });
  await storeImage(call.store, image, { scan: aScan({ state: 'failed', error: 'layer 2 is corrupt' }) });
  const answer = await askWell(describeAssetImageDetail, call, { ImageID: image.id });
  assert.deepEqual(
    [answer.RepoDigests, answer.CreateTime, answer.ScanVirusError, answer.ScanError, answer.ScanStatus, answer.Status],
    [[], '', 'layer 2 is corrupt', 'layer 2 is corrupt', 'SCAN_ERR', 3],
  );
  assert.equal(answer.Reason, 'layer 2 is corrupt');
  assert.match(answer.Solution, /still where it was/);
  const late = aScan({ state: 'timeout', error: 'late', startedAt: someTime + 1 });
  await storeImage(call.store, image, { scan: late });
  const chinese = await askWell(describeAssetImageDetail, { ...call, language: 'zh' }, { ImageID: image.id });
  assert.equal(chinese.Reason, 'late');
  assert.match(chinese.Solution, /超时/);
});

test('an unknown image is not found, and the id is required', async (context) => {
  const call = await openCall(context);
  await assert.rejects(ask(describeAssetImageDetail, call, { ImageID: 'sha256:0' }), { code: 'not-found' });
  assert.equal(await ask(describeAssetImageDetail, call, {}), 'MissingParameter');
});
