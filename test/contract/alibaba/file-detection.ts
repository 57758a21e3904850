import { uploadFileName, uploadKeyOf } from '#app/upload-folder.ts';
import type { DetectionOutcome } from '#store/store.ts';
import { aJudgedFile, aMember, aVerdict, keyOf, putUpload } from '../../support/detected-files.ts';
import { because, type CaseGroup } from '../surface.ts';
import type { World } from '../world.ts';
import { reasons, successOf } from './reasons.ts';

/** Has a file detected, as a worker would. */
async function judge({ app, store, accountId }: World, hashKey: string, outcome: DetectionOutcome): Promise<void> {
  const file = uploadFileName(uploadKeyOf(accountId, hashKey));
  const id = await store.fileDetections.submit({ accountId, hashKey, file, url: '', unpack: undefined }, app.clock());
  // What other cases left is taken out of the way.
  for (;;) {
    const claimed = await store.fileDetections.claim('contract', app.clock(), app.clock() + 3600_000);
    if (claimed === undefined) throw new Error('no file waits');
    if (claimed.id === id) break;
  }
  await store.fileDetections.finish('contract', id, { outcome, at: app.clock(), keepUntil: app.clock() + 3600_000 });
}

const [bad, good, broken, packed] = ['bad', 'good', 'broken', 'packed'].map(keyOf) as [string, string, string, string];

async function judgeAll(world: World): Promise<void> {
  await judge(world, bad, { state: 'done', result: aJudgedFile('bad', { verdict: aVerdict('critical'), places: [[1, 2]] }), members: [] });
  await judge(world, good, { state: 'done', result: aJudgedFile('good', { fileType: 'text', format: '' }), members: [] });
  await judge(world, broken, { state: 'failed', kind: 'download', message: 'no answer' });
  const members = [
    aMember('a/bad', { verdict: aVerdict('high') }),
    aMember('a/good', { fileType: 'text', format: '' }),
    aMember('a/odd', { skipped: ['too large'] }),
  ];
  await judge(world, packed, { state: 'done', result: aJudgedFile('packed', { fileType: 'archive', format: 'zip', verdict: aVerdict('high') }), members });
}

const page = { CurrentPage: 1, PageSize: 20 };

/** Files that callers submit one by one. */
export const fileDetectionGroup: CaseGroup = {
  cases: {
    CreateFileDetectUploadUrl: [
      { Type: 0, HashKeyList: [good] },
      async (world) => {
        await judgeAll(world);
        putUpload(world, 'bad', bad);
        return { Type: 0, HashKeyList: [good, bad], HashKeyContextList: [{ HashKey: packed, FileSize: 2_000_000_000 }] };
      },
    ],
    CreateFileDetect: [
      (world) => {
        putUpload(world, 'good', good);
        putUpload(world, 'bad', bad);
        return { Type: 0, HashKey: good };
      },
      ({ accountId }) => ({
        Type: 0,
        HashKey: bad,
        OssKey: uploadKeyOf(accountId, bad),
        DownloadUrl: 'http://files.example/bad',
        Decompress: true,
        DecompressMaxLayer: 2,
        DecompressMaxFileCount: 10,
        SourceIp: '192.0.2.1',
      }),
    ],
    GetFileDetectResult: [
      async (world) => {
        await judgeAll(world);
        return { Type: 0, HashKeyList: [bad] };
      },
      { Type: 0, HashKeyList: [bad, good, broken, packed, keyOf('unknown')], SourceIp: '192.0.2.1' },
    ],
    ListCompressFileDetectResult: [
      async (world) => {
        await judgeAll(world);
        return page;
      },
      { CurrentPage: 2, PageSize: 1, HashKey: packed, SourceIp: '192.0.2.1' },
      { ...page, HashKey: bad },
    ],
    GetFileDetectReport: [
      async (world) => {
        await judgeAll(world);
        return { FileHash: bad };
      },
      { FileHash: good, EventId: 1, Field: 'ThreatTypes,Intelligences,ThreatLevel,Basic,Sandbox', SourceType: 'machine', Lang: 'en' },
      { FileHash: bad, Field: 'Basic' },
      { FileHash: keyOf('unknown') },
      async ({ store, accountId, app }) => {
        const hashKey = keyOf('fetched');
        await store.fileDetections.submit({ accountId, hashKey, file: '', url: 'https://files.example/a/tool.sh?x=1', unpack: undefined }, app.clock());
        return { FileHash: hashKey };
      },
    ],
    GetFileDetectApiInvokeInfo: [
      {},
      async (world) => {
        await judgeAll(world);
        return {};
      },
    ],
  },
  silent: {
    ...successOf(['GetFileDetectReport']),
    ...because(reasons.nothingRun, 'FileDetectReport', ['Sandbox']),
    ...because(reasons.noLicence, 'FileDetectApiInvokeInfo', ['AuthCount', 'AuthCountInSaleVersion', 'SaleVersion', 'Expire']),
    ...because(reasons.serverRate, 'FileDetectApiInvokeInfo', ['FlowRate', 'TimeUnit']),
  },
  idle: {
    '*.SourceIp': reasons.sourceAddress,
    ...because(reasons.sameForAllTypes, 'CreateFileDetectUploadUrl', ['Type']),
    ...because(reasons.sameForAllTypes, 'GetFileDetectResult', ['Type']),
    ...because(reasons.byHash, 'GetFileDetectReport', ['EventId', 'SourceType']),
  },
};
