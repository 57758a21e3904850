import type {
  DescribeAssetImageSimpleListRequest,
  DescribeAssetImageSimpleListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listImages } from '#app/list-images.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { byParameter, limitParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { imageOrders, readKeywords } from '../selection.ts';
import { assetSimpleImageInfo } from '../shapes.ts';

/** Names and ids of images, for pickers. */
export const describeAssetImageSimpleList = operation({
  action: 'DescribeAssetImageSimpleList',
  lasting: true,
  parameters: {
    Limit: limitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    By: byParameter,
    Order: orderParameter,
  } as const satisfies ParametersFor<DescribeAssetImageSimpleListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageSimpleListResponse> | Refusal> {
    const page = readPage(input, imageOrders, 'lastSeen');
    if (isRefusal(page)) return page;
    const filter = readKeywords(input.Filters);
    if (isRefusal(filter)) return filter;
    const images = await listImages(call.app, call.accountId, { filter, ...page });
    return { List: images.rows.map((image) => assetSimpleImageInfo(call, image)), TotalCount: images.total };
  },
});
