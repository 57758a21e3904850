import type {
  DescribeAssetImageRegistryListRequest,
  DescribeAssetImageRegistryListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listRepositoryImages } from '#app/list-repository-images.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { byParameter, limitParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { readRepositoryFilter, repositoryOrders } from '../registry-selection.ts';
import { imageRepoInfo } from '../registry-shapes.ts';

/** What the tags in registries name now, with counts and scan states. */
export const describeAssetImageRegistryList = operation({
  action: 'DescribeAssetImageRegistryList',
  lasting: true,
  parameters: {
    Limit: limitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    By: byParameter,
    Order: orderParameter,
    OnlyShowLatest: { kind: 'boolean' },
    IsRunning: { kind: 'boolean' },
  } as const satisfies ParametersFor<DescribeAssetImageRegistryListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryListResponse> | Refusal> {
    const page = readPage(input, repositoryOrders, 'lastSeen');
    if (isRefusal(page)) return page;
    const filter = readRepositoryFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    // No container is known, so that no image runs.
    const more = { ...(input.OnlyShowLatest === true ? { latest: true } : {}), ...(input.IsRunning === true ? { none: true } : {}) };
    const images = await listRepositoryImages(call.app, call.accountId, { filter: { ...filter, ...more }, ...page });
    return { List: images.rows.map((image) => imageRepoInfo(call, image)), TotalCount: images.total };
  },
});
