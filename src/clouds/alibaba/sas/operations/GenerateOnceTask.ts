import type { ImageScope } from '#app/app.ts';
import { describeLatestImageScanTask } from '#app/describe-image-scan-task.ts';
import { taskOrigins } from '#domain/scan.ts';
import { isJsonObject, parseJsonText } from '../../../json.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { taskId } from '../../ids.ts';
import { readInput } from '../../input.ts';
import { readScanScope, scanParameters } from '../scan-selection.ts';
import { imageScan } from '../task-shapes.ts';
import { createdTask, startTask } from '../task-start.ts';
import type { GenerateOnceTaskResponse } from '../task-types.ts';

const name = { kind: 'text', max: 64 } as const;

/** Members of Param: the parameters of PublicCreateImageScanTask, and images by their Uuid. */
const paramFields = { ...scanParameters, Uuids: { kind: 'list', max: 200, item: { kind: 'text', max: 128 } } } as const;

/** Queues a scan of the images that Param chooses. */
export const generateOnceTask = operation({
  action: 'GenerateOnceTask',
  lasting: false,
  changes: true,
  parameters: {
    TaskName: { ...name, required: true },
    TaskType: { ...name, required: true },
    Param: { kind: 'text', max: 65_536, required: true },
    Source: name,
  },
  async run(call, input): Promise<GenerateOnceTaskResponse | Refusal> {
    if (input.TaskType !== imageScan) return notThisKind;
    if (input.TaskName !== imageScan) return refuse('InvalidTaskName');
    const scope = readParam(input.Param);
    if (isRefusal(scope)) return scope;
    const last = await describeLatestImageScanTask(call.app, call.accountId, taskOrigins);
    const created = createdTask(await startTask(call, { scope }, input.Source), call.app.clock());
    const { CanCreate, TaskId, CollectTime, TotalCount, FinishCount } = created;
    return {
      CanCreate,
      CollectTime,
      TotalCount,
      FinishCount,
      ...(TaskId === undefined ? {} : { TaskId }),
      ...(last === undefined ? {} : { LastTask: taskId(last.id) }),
    };
  },
});

const notThisKind = refuse('UnsupportedOperation', {
  en: `The operation is not supported: tasks of TaskType ${imageScan} can be created.`,
  zh: `不支持该操作：仅支持创建 TaskType 为 ${imageScan} 的任务。`,
});

// A member that is not known refuses the call: without it more would be scanned than was meant.
function readParam(text: string): ImageScope | Refusal {
  const parsed = parseJsonText(text);
  if (!isJsonObject(parsed)) return refuse('InvalidParam');
  const pairs = Object.entries(parsed).map(
    ([key, value]) => [key.charAt(0).toUpperCase() + key.slice(1), typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  if (Object.values(parsed).some(isJsonObject)) return refuse('InvalidParam');
  if (pairs.some(([key]) => !Object.hasOwn(paramFields, key)) || new Set(pairs.map(([key]) => key)).size < pairs.length) return refuse('InvalidParam');
  const input = readInput(paramFields, pairs);
  if (isRefusal(input)) return refuse('InvalidParam');
  const scope = readScanScope(input);
  if (isRefusal(scope)) return refuse('InvalidParam');
  return { ...scope, ...(input.Uuids === undefined ? {} : { imageIds: input.Uuids }) };
}
