import type { SyncAssetImageRegistryAssetRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { queueSyncs } from '#app/registries.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { registryIdParameter } from '../registry-input.ts';

/** Has all registries looked at, or some. */
export const syncAssetImageRegistryAsset = operation({
  action: 'SyncAssetImageRegistryAsset',
  lasting: false,
  changes: true,
  parameters: {
    All: { kind: 'boolean' },
    RegistryIds: { kind: 'list', max: 1000, item: registryIdParameter },
  } as const satisfies ParametersFor<SyncAssetImageRegistryAssetRequest>,
  async run(call, { All, RegistryIds }): Promise<object | Refusal> {
    if ((All === true) === (RegistryIds !== undefined && RegistryIds.length > 0))
      return refuse('InvalidParameter', { en: 'Either All or RegistryIds must be given.', zh: 'All、RegistryIds 必须且只能指定一个。' });
    await queueSyncs(call.app, call.accountId, All === true ? 'all' : (RegistryIds ?? []));
    return {};
  },
});
