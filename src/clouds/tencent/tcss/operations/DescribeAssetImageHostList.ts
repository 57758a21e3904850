import type {
  DescribeAssetImageHostListRequest,
  DescribeAssetImageHostListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listImageHosts } from '#app/list-image-hosts.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter, readFilters } from '../../filters.ts';

/** The hosts on which images lie. Ids are compared whole. */
export const describeAssetImageHostList = operation({
  action: 'DescribeAssetImageHostList',
  lasting: true,
  parameters: { Filters: filtersParameter } as const satisfies ParametersFor<DescribeAssetImageHostListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageHostListResponse> | Refusal> {
    const conditions = readFilters(input.Filters, { ImageID: 'ImageID', HostID: 'HostID' });
    if (isRefusal(conditions)) return conditions;
    const imageIds = conditions.get('ImageID')?.values;
    const hostIds = conditions.get('HostID')?.values;
    const hosts = await listImageHosts(call.app, call.accountId, {
      ...(imageIds === undefined ? {} : { imageIds }),
      ...(hostIds === undefined ? {} : { hostIds }),
    });
    return { List: hosts.rows.map(({ imageId, hostId }) => ({ ImageID: imageId, HostID: hostId })), TotalCount: hosts.total };
  },
});
