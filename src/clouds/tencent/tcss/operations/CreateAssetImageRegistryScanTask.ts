import type {
  CreateAssetImageRegistryScanTaskRequest,
  CreateAssetImageRegistryScanTaskResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { createRepositoryScanTask } from '#app/create-repository-scan-task.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { defaultTimeout, oneChoice, readNamedChoice } from '../registry-choice.ts';
import { imageIdsParameter, imageInfosParameter, readScanTypes, scanTypesParameter, timeoutParameter, virusMustBeScanned } from '../registry-selection.ts';

/** Queues a scan of chosen images of registries. */
export const createAssetImageRegistryScanTask = operation({
  action: 'CreateAssetImageRegistryScanTask',
  lasting: false,
  changes: true,
  parameters: {
    All: { kind: 'boolean' },
    Images: imageInfosParameter,
    ScanType: scanTypesParameter,
    Id: imageIdsParameter,
    Filters: filtersParameter,
    ExcludeImageList: imageIdsParameter,
    OnlyScanLatest: { kind: 'boolean' },
    Timeout: timeoutParameter,
  } as const satisfies ParametersFor<CreateAssetImageRegistryScanTaskRequest>,
  async run(call, input): Promise<AnswerFor<CreateAssetImageRegistryScanTaskResponse> | Refusal> {
    const kinds = readScanTypes(input.ScanType);
    if (isRefusal(kinds)) return kinds;
    if (!kinds.includes('malware')) return virusMustBeScanned;
    const choice = readNamedChoice(input) ?? oneChoice;
    if (isRefusal(choice)) return choice;
    const task = await createRepositoryScanTask(call.app, call.accountId, { choice, timeoutSeconds: input.Timeout ?? defaultTimeout, origin: 'registry' });
    return { TaskID: Number(task) };
  },
});
