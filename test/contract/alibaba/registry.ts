import { cr } from '#clouds/alibaba/cr/index.ts';
import { instanceId } from '#clouds/alibaba/ids.ts';
import { anImage, storeImage } from '../../support/stored-images.ts';
import { readTable } from '../declarations.ts';
import { because, type CaseGroup, type Surface } from '../surface.ts';
import { alibabaClients, readFlat } from './clients.ts';
import { reasons, successOf } from './reasons.ts';
import { registryTable } from './registry-table.ts';

const repositoryGroup: CaseGroup = {
  cases: {
    ListRepository: [
      ({ registries }) => ({ InstanceId: instanceId(registries.acr) }),
      async ({ registries, store, accountId }) => {
        for (const name of ['a', 'b', 'c']) await storeImage(store, anImage(`harbor.example/more/${name}:1`), { accountId, local: false, at: Date.now() });
        return { InstanceId: instanceId(registries.harbor), PageNo: 2, PageSize: 2, RepoStatus: 'ALL' };
      },
      async ({ registries, store, accountId }) => {
        const acr = await store.registries.find(accountId, registries.acr);
        if (acr !== undefined) await store.registries.update(registries.acr, { ...acr, username: 'robot' }, Date.now());
        return { InstanceId: instanceId(registries.acr), RepoName: 'cart', RepoNamespaceName: 'shop' };
      },
      ({ registries }) => ({ InstanceId: instanceId(registries.harbor), RepoStatus: 'DELETED' }),
      ({ registries }) => ({ InstanceId: instanceId(registries.harbor), RepoName: 'a' }),
      ({ registries }) => ({ InstanceId: instanceId(registries.harbor), RepoNamespaceName: 'prod' }),
      ({ registries }) => ({ InstanceId: instanceId(registries.harbor), MaxResults: 3, NextToken: Buffer.from('after 1').toString('base64url') }),
    ],
  },
  silent: {
    ...successOf(['ListRepository'], ['Code', 'IsSuccess']),
    ...because(reasons.onlyImages, 'CrRepository', ['RepoStatus', 'RepoBuildType', 'Summary', 'ResourceGroupId', 'TagImmutability']),
  },
};

/** CR, as far as Security Center's callers need it. */
export const registry: Surface = {
  title: 'Alibaba Cloud CR 2018-12-01',
  operations: cr.operations,
  clients: alibabaClients(cr.version, readTable(registryTable)),
  readInput: readFlat,
  folder: 'src/clouds/alibaba/cr/operations',
  reasons,
  groups: [repositoryGroup],
};
