import type {
  DescribeAssetImageVirusListRequest,
  DescribeAssetImageVirusListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listImageFindings } from '#app/list-image-findings.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { byParameter, limitParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { imageVirusInfo, virusScanStatuses } from '../shapes.ts';
import { readVirusFilter, virusOrders } from '../virus-selection.ts';

/** The malicious files of one image, and how far its scan is. */
export const describeAssetImageVirusList = operation({
  action: 'DescribeAssetImageVirusList',
  lasting: true,
  parameters: {
    ImageID: { kind: 'text', required: true, max: 256 },
    Limit: limitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    Order: orderParameter,
    By: byParameter,
  } as const satisfies ParametersFor<DescribeAssetImageVirusListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageVirusListResponse> | Refusal> {
    const page = readPage(input, virusOrders, 'lastSeen');
    if (isRefusal(page)) return page;
    const filter = readVirusFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const { findings, scanState } = await listImageFindings(call.app, call.accountId, {
      imageId: input.ImageID,
      local: true,
      ...filter,
      ...page,
    });
    return {
      List: findings.rows.map((finding) => imageVirusInfo(call, finding)),
      TotalCount: findings.total,
      VirusScanStatus: virusScanStatuses[scanState],
    };
  },
});
