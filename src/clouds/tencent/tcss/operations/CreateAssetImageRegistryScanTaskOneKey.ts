import type {
  CreateAssetImageRegistryScanTaskOneKeyRequest,
  CreateAssetImageRegistryScanTaskOneKeyResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { createRepositoryScanTask } from '#app/create-repository-scan-task.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { defaultTimeout, readScopedChoice } from '../registry-choice.ts';
import {
  imageIdsParameter,
  imageInfosParameter,
  namespacesParameter,
  readScanTypes,
  registryTypesParameter,
  scanTypesParameter,
  timeoutParameter,
  virusMustBeScanned,
} from '../registry-selection.ts';

/** Queues a scan of everything in registries, or of a part of it. */
export const createAssetImageRegistryScanTaskOneKey = operation({
  action: 'CreateAssetImageRegistryScanTaskOneKey',
  lasting: false,
  changes: true,
  parameters: {
    All: { kind: 'boolean' },
    Images: imageInfosParameter,
    ScanType: scanTypesParameter,
    Id: imageIdsParameter,
    ExcludeIDs: imageIdsParameter,
    IsLatest: { kind: 'boolean' },
    ScanScope: { kind: 'integer', min: 0, max: 2 },
    RegistryType: registryTypesParameter,
    Namespace: namespacesParameter,
    ContainerRunning: { kind: 'boolean' },
    Timeout: timeoutParameter,
  } as const satisfies ParametersFor<CreateAssetImageRegistryScanTaskOneKeyRequest>,
  async run(call, input): Promise<AnswerFor<CreateAssetImageRegistryScanTaskOneKeyResponse> | Refusal> {
    const kinds = readScanTypes(input.ScanType);
    if (isRefusal(kinds)) return kinds;
    if (!kinds.includes('malware')) return virusMustBeScanned;
    const choice = readScopedChoice(input);
    if (isRefusal(choice)) return choice;
    const { app, accountId } = call;
    const task = await createRepositoryScanTask(app, accountId, { choice, timeoutSeconds: input.Timeout ?? defaultTimeout, origin: 'registry-one-click' });
    return { TaskID: Number(task) };
  },
});
