import type {
  CreateAssetImageScanTaskRequest,
  CreateAssetImageScanTaskResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { ImageChoice } from '#app/choose-images.ts';
import { createImageScanTask } from '#app/create-image-scan-task.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { InputOf, ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import type { TencentCode } from '../../errors.ts';
import { refuse } from '../../errors.ts';
import { filtersParameter } from '../../filters.ts';
import { clustersForScope3, clustersParameter, imagesParameter, readImageFilter, refuseScanKinds } from '../selection.ts';

const parameters = {
  All: { kind: 'boolean' },
  Images: imagesParameter,
  ScanVul: { kind: 'boolean' },
  ScanVirus: { kind: 'boolean' },
  ScanRisk: { kind: 'boolean' },
  Filters: filtersParameter,
  ExcludeImageIds: imagesParameter,
  ContainerRunning: { kind: 'boolean' },
  ScanScope: { kind: 'integer', min: 0, max: 3 },
  Timeout: { kind: 'integer', min: 1, max: 7 * 24 * 3600 },
  IsOneClickScanningTask: { kind: 'boolean' },
  ClusterIDs: clustersParameter,
} as const satisfies ParametersFor<CreateAssetImageScanTaskRequest>;

type Input = InputOf<typeof parameters>;

const defaultTimeout = 3600;

/** Queues a scan of chosen images. */
export const createAssetImageScanTask = operation({
  action: 'CreateAssetImageScanTask',
  lasting: false,
  changes: true,
  parameters,
  async run(call, input): Promise<AnswerFor<CreateAssetImageScanTaskResponse> | Refusal> {
    const choice = refuseScanKinds(input) ?? readChoice(input);
    if (isRefusal(choice)) return choice;
    const { app, accountId } = call;
    return { TaskID: await createImageScanTask(app, accountId, { choice, timeoutSeconds: input.Timeout ?? defaultTimeout, origin: originOf(input) }) };
  },
});

// The international client cannot say that it is a one-click scan; to it, one is a scan of all images.
function originOf({ IsOneClickScanningTask, All }: Input): 'one-click' | 'asked' {
  return (IsOneClickScanningTask ?? All) === true ? 'one-click' : 'asked';
}

function readChoice(input: Input): ImageChoice | Refusal<TencentCode> {
  const { Images, Filters, ClusterIDs, ScanScope } = input;
  const scopes = [input.All === true || ScanScope === 0, Images !== undefined, Filters !== undefined, ScanScope === 2, ScanScope === 3];
  if (scopes.filter(Boolean).length !== 1) return notOne;
  if ((ScanScope === 3) !== (ClusterIDs !== undefined)) return clustersForScope3;
  const except = input.ExcludeImageIds ?? [];
  if (Images !== undefined && input.ContainerRunning !== true) {
    const excluded = new Set(except);
    return { ids: Images.filter((id) => !excluded.has(id)), local: true };
  }
  const filter = readImageFilter(Filters);
  if (isRefusal(filter)) return filter;
  const only = {
    running: input.ContainerRunning === true,
    recommended: ScanScope === 2,
    ...(Images === undefined ? {} : { ids: Images }),
    ...(ClusterIDs === undefined ? {} : { hostIds: ClusterIDs }),
  };
  return { filter, except, only };
}

const notOne = refuse('InvalidParameter', {
  en: 'Exactly one of All, Images and Filters, or of the values 0, 2 and 3 of ScanScope, must choose the images.',
  zh: 'All、Images、Filters 必须且只能指定一个，或通过 ScanScope 的 0、2、3 选择镜像。',
});
