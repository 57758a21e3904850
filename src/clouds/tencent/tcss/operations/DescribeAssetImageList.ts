import type {
  DescribeAssetImageListRequest,
  DescribeAssetImageListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { findLatestImages } from '#app/list-image-places.ts';
import { listImages } from '#app/list-images.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { byParameter, limitParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { imageOrders, readImageFilter } from '../selection.ts';
import { imagesInfo } from '../shapes.ts';

/** Images with their counts and scan states. */
export const describeAssetImageList = operation({
  action: 'DescribeAssetImageList',
  lasting: true,
  parameters: {
    Limit: limitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    By: byParameter,
    Order: orderParameter,
  } as const satisfies ParametersFor<DescribeAssetImageListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageListResponse> | Refusal> {
    const page = readPage(input, imageOrders, 'lastSeen');
    if (isRefusal(page)) return page;
    const filter = readImageFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const images = await listImages(call.app, call.accountId, { filter, ...page });
    const latest = await findLatestImages(
      call.app,
      call.accountId,
      images.rows.map(({ image }) => image.id),
    );
    return { List: images.rows.map((image) => imagesInfo(call, image, latest)), TotalCount: images.total };
  },
});
