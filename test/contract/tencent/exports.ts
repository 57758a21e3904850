import type { ExportJob } from '#store/store.ts';
import { anExport } from '../../support/export-jobs.ts';
import { because, type CaseGroup } from '../surface.ts';
import type { World } from '../world.ts';
import { reasons } from './reasons.ts';

/** Puts an export into the store that is over, well or not. */
async function endedExport(world: World, failure?: string, over: Partial<Pick<ExportJob, 'name' | 'source'>> = {}): Promise<string> {
  const { store, accountId } = world;
  const now = Date.now();
  const job = { accountId, source: 'local', name: 'a.xlsx', request: anExport, expiresAt: now + 3600_000, ...over } as const;
  const id = await store.exports.create(job, now);
  // Jobs that other cases left are taken out of the way.
  for (;;) {
    const claimed = await store.exports.claim('contract', now, now + 1e9);
    if (claimed === undefined) throw new Error('no export waits');
    await store.exports.finish('contract', claimed.id, { failure: claimed.id === id ? failure : undefined, at: now });
    if (claimed.id === id) return id;
  }
}

async function runningExport({ store, accountId }: World): Promise<string> {
  const now = Date.now();
  const job = { accountId, source: 'registry', name: 'b.xlsx', request: anExport, expiresAt: now + 7200_000 } as const;
  const id = await store.exports.create(job, now + 1000);
  for (;;) {
    const claimed = await store.exports.claim('contract', now, now + 1e9);
    if (claimed === undefined) throw new Error('no export waits');
    if (claimed.id !== id) continue;
    await store.exports.renew('contract', id, { leaseUntil: now + 1e9, progress: 33.5 });
    return id;
  }
}

const severe = { Name: 'RiskLevel', Values: ['4'], ExactMatch: false };
const all = ['Path', 'RiskLevel', 'VirusName'];
const named = { ImageName: 'api', ImageTag: '1', Namespace: 'prod' };

/** Exports of lists, and the jobs that make them. */
export const exportGroup: CaseGroup = {
  cases: {
    CreateAssetImageVirusExportJob: [
      ({ images }) => ({ ImageID: images.infected, ExportField: all }),
      ({ images }) => ({ ImageID: images.infected, ExportField: all, Filters: [severe], Limit: 10, Offset: 1, By: 'Size', Order: 'asc' }),
    ],
    CreateImageExportJob: [
      {},
      { ExportField: ['ImageID'], Limit: 10, Offset: 1, Filters: [{ Name: 'ImageName', Values: ['team'], ExactMatch: false }], By: 'Size', Order: 'asc' },
    ],
    DescribeAssetImageListExport: [
      {},
      { ExportField: ['ImageID'], Limit: 10, Offset: 1, Filters: [{ Name: 'ImageName', Values: ['team'], ExactMatch: false }], By: 'Size', Order: 'asc' },
    ],
    DescribeAssetImageVirusListExport: [
      ({ images }) => ({ ImageID: images.infected, ExportField: all }),
      ({ images }) => ({ ImageID: images.infected, ExportField: all, Filters: [severe] }),
    ],
    DescribeAssetImageRegistryVirusListExport: [
      { ImageInfo: named },
      {
        ExportField: all,
        Limit: 10,
        Offset: 1,
        Filters: [severe],
        ImageInfo: {
          ...named,
          InstanceName: 'harbor-1',
          Force: '',
          ImageDigest: '',
          RegistryType: 'harbor',
          ImageRepoAddress: 'harbor.example/prod/api',
          InstanceId: '',
        },
      },
      async ({ store, accountId, far }) => ({
        Id: (await store.repositories.images({ accountId, imageIds: [far.infected], offset: 0, limit: 1, by: 'lastSeen', order: 'desc' })).rows[0]?.id,
      }),
    ],
    DescribeAssetImageRegistryListExport: [
      {},
      {
        ExportField: ['ImageName'],
        Limit: 10,
        Offset: 1,
        Filters: [{ Name: 'RepoType', Values: ['harbor'], ExactMatch: false }],
        By: 'ImageSize',
        Order: 'asc',
        OnlyShowLatest: true,
      },
    ],
    DescribeExportJobResult: [
      async (world) => ({ JobId: await endedExport(world) }),
      async (world) => ({ JobId: await endedExport(world, 'the disk is full') }),
      async (world) => ({ JobId: await runningExport(world) }),
    ],
    DescribeExportJobDownloadURL: [async (world) => ({ JobID: await endedExport(world) }), async (world) => ({ JobID: await endedExport(world) })],
    DescribeExportJobManageList: [
      async (world) => {
        await endedExport(world, 'the disk is full');
        await runningExport(world);
        return {};
      },
      { Filters: [{ Name: 'ExportStatus', Values: ['RUNNING'], ExactMatch: true }], Offset: 0, Limit: 1, Order: 'asc', By: 'InsertTime' },
      { Limit: 1 },
      { Offset: 1, Limit: 1, Order: 'asc' },
    ],
  },
  idle: because(reasons.nothingForced, 'DescribeAssetImageRegistryVirusListExport', ['ImageInfo.Force']),
};
