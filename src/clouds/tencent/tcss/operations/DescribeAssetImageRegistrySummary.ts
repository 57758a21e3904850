import type {
  DescribeAssetImageRegistrySummaryRequest,
  DescribeAssetImageRegistrySummaryResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listRepositoryImages } from '#app/list-repository-images.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { readRepositoryFilter } from '../registry-selection.ts';

/** How many images of registries were never scanned. */
export const describeAssetImageRegistrySummary = operation({
  action: 'DescribeAssetImageRegistrySummary',
  lasting: true,
  parameters: { Filters: filtersParameter } as const satisfies ParametersFor<DescribeAssetImageRegistrySummaryRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistrySummaryResponse> | Refusal> {
    const filter = readRepositoryFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    if (filter.scanStates !== undefined && !filter.scanStates.includes('never')) return { UnScannedImageCnt: 0 };
    const page = { offset: 0, limit: 0, by: 'lastSeen', order: 'desc' } as const;
    const { total } = await listRepositoryImages(call.app, call.accountId, { filter: { ...filter, scanStates: ['never'] }, ...page });
    return { UnScannedImageCnt: total };
  },
});
