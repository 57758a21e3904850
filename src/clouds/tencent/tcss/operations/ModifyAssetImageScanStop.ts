import type {
  ModifyAssetImageScanStopRequest,
  ModifyAssetImageScanStopResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { StopRequest } from '#app/stop-image-scan.ts';
import { stopImageScan } from '#app/stop-image-scan.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { InputOf, ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import type { TencentCode } from '../../errors.ts';
import { refuse } from '../../errors.ts';
import { filtersParameter } from '../../filters.ts';
import { imagesParameter, readImageFilter } from '../selection.ts';

const parameters = {
  TaskID: { kind: 'text', max: 64 },
  Images: imagesParameter,
  Filters: filtersParameter,
  ExcludeImageIds: { kind: 'text', max: 65_536 },
} as const satisfies ParametersFor<ModifyAssetImageScanStopRequest>;

/** Stops a task (with chosen images, only for those), or whatever scans the chosen images. Stopping what has ended succeeds too. */
export const modifyAssetImageScanStop = operation({
  action: 'ModifyAssetImageScanStop',
  lasting: false,
  changes: true,
  parameters,
  async run(call, input): Promise<AnswerFor<ModifyAssetImageScanStopResponse> | Refusal> {
    const request = readRequest(input);
    if (isRefusal(request)) return request;
    await stopImageScan(call.app, call.accountId, request);
    return { Status: 'SUCCESS' };
  },
});

function readRequest(input: InputOf<typeof parameters>): StopRequest | Refusal<TencentCode> {
  const { TaskID, Images, Filters } = input;
  if ((TaskID === undefined && Images === undefined && Filters === undefined) || (Images !== undefined && Filters !== undefined)) return notOne;
  // One text where the call that starts a scan has a list; several ids are read with commas between them.
  const except = (input.ExcludeImageIds ?? '').split(',').map((id) => id.trim());
  const excluded = except.filter((id) => id !== '');
  const task = TaskID === undefined ? {} : { taskId: TaskID };
  if (Images !== undefined) return { ...task, choice: { ids: Images.filter((id) => !excluded.includes(id)), local: true } };
  if (TaskID !== undefined && Filters === undefined) return { taskId: TaskID, except: excluded };
  const filter = readImageFilter(Filters);
  return isRefusal(filter) ? filter : { ...task, choice: { filter, except: excluded } };
}

const notOne = refuse('InvalidParameter', {
  en: 'TaskID must be given, or one of Images and Filters, or a task with one of these.',
  zh: '必须指定 TaskID，或 Images、Filters 之一；TaskID 可与其中之一同时指定。',
});
