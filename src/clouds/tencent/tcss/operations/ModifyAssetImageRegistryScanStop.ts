import type { ModifyAssetImageRegistryScanStopRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { stopRepositoryScan } from '#app/stop-repository-scan.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { readNamedChoice, taskOrChoice } from '../registry-choice.ts';
import { imageIdsParameter, imageInfosParameter, taskIdParameter } from '../registry-selection.ts';

/** Stops a task (with chosen images, only for those), or whatever scans the chosen images. Stopping what has ended succeeds too. */
export const modifyAssetImageRegistryScanStop = operation({
  action: 'ModifyAssetImageRegistryScanStop',
  lasting: false,
  changes: true,
  parameters: {
    All: { kind: 'boolean' },
    Images: imageInfosParameter,
    Id: imageIdsParameter,
    Filters: filtersParameter,
    ExcludeImageList: imageIdsParameter,
    OnlyScanLatest: { kind: 'boolean' },
    TaskID: taskIdParameter,
  } as const satisfies ParametersFor<ModifyAssetImageRegistryScanStopRequest>,
  async run(call, input): Promise<object | Refusal> {
    const choice = readNamedChoice(input);
    if (isRefusal(choice)) return choice;
    if (choice === undefined && input.TaskID === undefined) return taskOrChoice;
    const task = input.TaskID === undefined ? {} : { taskId: String(input.TaskID) };
    await stopRepositoryScan(call.app, call.accountId, { ...task, ...(choice === undefined ? {} : { choice }) });
    return {};
  },
});
