import type {
  UpdateAssetImageRegistryRegistryDetailRequest,
  UpdateAssetImageRegistryRegistryDetailResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { findRegistry, updateRegistry } from '#app/registries.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { idByAddress, nameTaken, readRegistry, readScanPolicy, refuseTakenAddress, registryIdParameter, registryParameters } from '../registry-input.ts';

/** Changes a registry, by its id, which not every client can say, else the one with its address, else with its name. An empty password leaves the one that is known, unless the user is empty too. */
export const updateAssetImageRegistryRegistryDetail = operation({
  action: 'UpdateAssetImageRegistryRegistryDetail',
  lasting: false,
  changes: true,
  parameters: { ...registryParameters, RegistryId: registryIdParameter } as const satisfies ParametersFor<UpdateAssetImageRegistryRegistryDetailRequest>,
  async run(call, input): Promise<AnswerFor<UpdateAssetImageRegistryRegistryDetailResponse> | Refusal> {
    const { app, accountId } = call;
    const read = readRegistry(input);
    if (isRefusal(read)) return read;
    const known = await findRegistry(app, accountId, input.RegistryId ?? (await idByAddress(call, read.address)) ?? read.name);
    const { id } = known;
    const taken = await nameTaken(call, read.name, id);
    if (taken !== '') return { HealthCheckErr: '', NameRepeatErr: taken, RegistryId: id };
    const refusal = await refuseTakenAddress(call, read.address, id);
    if (refusal !== undefined) return refusal;
    const { password, region, ...rest } = read;
    const changes = {
      ...rest,
      ...(password === '' && read.username !== '' ? {} : { password }),
      ...(input.RegistryRegion === undefined ? {} : { region }),
      ...(input.Insecure === undefined ? {} : { insecure: input.Insecure === 1 }),
      policy: { ...known.policy, ...readScanPolicy(input) },
      extra: { ...known.extra, ...read.extra },
    };
    await updateRegistry(app, { accountId, id }, changes);
    return { HealthCheckErr: '', NameRepeatErr: '', RegistryId: id };
  },
});
