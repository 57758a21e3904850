import type {
  AddAssetImageRegistryRegistryDetailRequest,
  AddAssetImageRegistryRegistryDetailResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { addRegistry, defaultPolicy, queueSyncs } from '#app/registries.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { nameTaken, readRegistry, readScanPolicy, refuseTakenAddress, registryParameters } from '../registry-input.ts';

/** When registries are looked at that callers add: as the vendor does, once a day. */
const daily = '0 0 * * *';

/** Adds a registry, and has it looked at. */
export const addAssetImageRegistryRegistryDetail = operation({
  action: 'AddAssetImageRegistryRegistryDetail',
  lasting: false,
  changes: true,
  parameters: {
    ...registryParameters,
    WebhookUrl: { kind: 'text', max: 1024 },
    WebhookToken: { kind: 'text', max: 1024 },
  } as const satisfies ParametersFor<AddAssetImageRegistryRegistryDetailRequest>,
  async run(call, input): Promise<AnswerFor<AddAssetImageRegistryRegistryDetailResponse> | Refusal> {
    const { app, accountId } = call;
    const registry = readRegistry(input);
    if (isRefusal(registry)) return registry;
    const taken = await nameTaken(call, registry.name);
    if (taken !== '') return { HealthCheckErr: '', NameRepeatErr: taken, RegistryId: 0 };
    const refusal = await refuseTakenAddress(call, registry.address);
    if (refusal !== undefined) return refusal;
    const policy = { ...defaultPolicy, schedule: daily, scanNew: false, scanOnlyNewest: true, ...readScanPolicy(input) };
    const id = await addRegistry(app, accountId, { ...registry, insecure: input.Insecure === 1, policy });
    await queueSyncs(app, accountId, [id]);
    return { HealthCheckErr: '', NameRepeatErr: '', RegistryId: id };
  },
});
