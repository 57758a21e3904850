import { listScanTaskImages } from '#app/list-scan-tasks.ts';
import { operation } from '../../../operation.ts';
import { latestTask } from '../task-shapes.ts';
import type { DescribeImageLatestScanTaskResponse } from '../task-types.ts';

/** The latest scan task of the image that a digest names; an empty list where there never was one. */
export const describeImageLatestScanTask = operation({
  action: 'DescribeImageLatestScanTask',
  lasting: true,
  parameters: { Digest: { kind: 'text', max: 128, required: true } },
  async run(call, input): Promise<DescribeImageLatestScanTaskResponse> {
    const { rows } = await listScanTaskImages(call.app, call.accountId, { digests: [input.Digest.toLowerCase()], offset: 0, limit: 1 });
    return { Task: rows.map((part) => latestTask(part, call.zoneMinutes)) };
  },
});
