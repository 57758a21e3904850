import type {
  CheckRepeatAssetImageRegistryRequest,
  CheckRepeatAssetImageRegistryResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { isRegistryName } from '#app/registries.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';

/** Whether a registry has this name. */
export const checkRepeatAssetImageRegistry = operation({
  action: 'CheckRepeatAssetImageRegistry',
  lasting: true,
  parameters: { Name: { kind: 'text', required: true, max: 256 } } as const satisfies ParametersFor<CheckRepeatAssetImageRegistryRequest>,
  async run(call, input): Promise<AnswerFor<CheckRepeatAssetImageRegistryResponse>> {
    return { IsRepeat: await isRegistryName(call.app, call.accountId, input.Name) };
  },
});
