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
import { imagesParameter, readImageFilter } from '../selection.ts';

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
  ClusterIDs: { kind: 'list', max: 100, item: { kind: 'text', max: 256 } },
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
    const choice = refuseUnsupported(input) ?? readChoice(input);
    if (isRefusal(choice)) return choice;
    return { TaskID: await createImageScanTask(call.app, call.accountId, { choice, timeoutSeconds: input.Timeout ?? defaultTimeout }) };
  },
});

function refuseUnsupported(input: Input): Refusal<TencentCode> | undefined {
  if (input.ScanVirus !== true) {
    if (input.ScanVul !== true && input.ScanRisk !== true) {
      return refuse('InvalidParameter', { en: 'One of ScanVul, ScanVirus and ScanRisk must be true.', zh: 'ScanVul、ScanVirus、ScanRisk 至少有一个为 true。' });
    }
    return refuse('UnsupportedOperation', {
      en: 'Only malicious files are scanned for: ScanVirus must be true.',
      zh: '仅支持木马扫描，ScanVirus 必须为 true。',
    });
  }
  if (input.ContainerRunning === true || input.ScanScope === 2 || input.ScanScope === 3 || input.ClusterIDs !== undefined) {
    return refuse('UnsupportedOperation', {
      en: 'Images cannot be chosen by running containers, by recommendation or by cluster.',
      zh: '不支持按运行中的容器、推荐扫描或集群选择镜像。',
    });
  }
  return undefined;
}

function readChoice(input: Input): ImageChoice | Refusal<TencentCode> {
  const all = input.All === true || input.ScanScope === 0;
  const ways = [all, input.Images !== undefined, input.Filters !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    return refuse('InvalidParameter', { en: 'Exactly one of All, Images and Filters must be given.', zh: 'All、Images、Filters 必须且只能指定一个。' });
  }
  if (input.Images !== undefined) {
    const except = new Set(input.ExcludeImageIds);
    return { ids: input.Images.filter((id) => !except.has(id)) };
  }
  const filter = readImageFilter(input.Filters);
  return isRefusal(filter) ? filter : { filter, except: input.ExcludeImageIds ?? [] };
}
