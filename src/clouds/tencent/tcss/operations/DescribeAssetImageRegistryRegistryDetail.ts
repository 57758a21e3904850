import type {
  DescribeAssetImageRegistryRegistryDetailRequest,
  DescribeAssetImageRegistryRegistryDetailResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { findRegistry } from '#app/registries.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import { registryIdParameter } from '../registry-input.ts';
import { registryFields } from '../registry-rows.ts';

/** One registry. Its password is told to nobody. */
export const describeAssetImageRegistryRegistryDetail = operation({
  action: 'DescribeAssetImageRegistryRegistryDetail',
  lasting: true,
  parameters: { RegistryId: { ...registryIdParameter, required: true } } as const satisfies ParametersFor<DescribeAssetImageRegistryRegistryDetailRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryRegistryDetailResponse>> {
    const registry = await findRegistry(call.app, call.accountId, input.RegistryId);
    return {
      ...registryFields(registry),
      Username: registry.username,
      Password: '',
      SpeedLimit: Number(registry.extra?.['speedLimit'] ?? 0),
      Insecure: registry.insecure ? 1 : 0,
      NeedScan: registry.policy.scanNew,
      WebhookUrl: '',
      WebhookToken: '',
    };
  },
});
