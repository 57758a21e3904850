import type { RemoveAssetImageRegistryRegistryDetailRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { removeRegistry } from '#app/registries.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import { registryIdParameter } from '../registry-input.ts';

/** Forgets a registry, with the images that only it had. */
export const removeAssetImageRegistryRegistryDetail = operation({
  action: 'RemoveAssetImageRegistryRegistryDetail',
  lasting: false,
  changes: true,
  parameters: { RegistryId: { ...registryIdParameter, required: true } } as const satisfies ParametersFor<RemoveAssetImageRegistryRegistryDetailRequest>,
  async run(call, input): Promise<object> {
    await removeRegistry(call.app, call.accountId, input.RegistryId);
    return {};
  },
});
