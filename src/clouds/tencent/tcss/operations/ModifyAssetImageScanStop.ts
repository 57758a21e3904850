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

/** Stops a task, or whatever scans the chosen images. Stopping what has ended succeeds too. */
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
  const ways = [input.TaskID, input.Images, input.Filters].filter((way) => way !== undefined).length;
  if (ways !== 1) {
    return refuse('InvalidParameter', { en: 'Exactly one of TaskID, Images and Filters must be given.', zh: 'TaskID、Images、Filters 必须且只能指定一个。' });
  }
  // One text where the call that starts a scan has a list; several ids are read with commas between them.
  const except = (input.ExcludeImageIds ?? '').split(',').map((id) => id.trim());
  const excluded = except.filter((id) => id !== '');
  if (input.TaskID !== undefined) return { taskId: input.TaskID, except: excluded };
  if (input.Images !== undefined) return { choice: { ids: input.Images.filter((id) => !excluded.includes(id)), local: true } };
  const filter = readImageFilter(input.Filters);
  return isRefusal(filter) ? filter : { choice: { filter, except: excluded } };
}
