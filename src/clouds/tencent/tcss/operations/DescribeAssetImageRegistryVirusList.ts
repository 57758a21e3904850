import type {
  DescribeAssetImageRegistryVirusListRequest,
  DescribeAssetImageRegistryVirusListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { findRepositoryImage } from '#app/find-repository-image.ts';
import { listImageFindings } from '#app/list-image-findings.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { limitParameter, offsetParameter } from '../../page.ts';
import { imageIdParameter, imageInfoParameter, readImageName } from '../registry-selection.ts';
import { imageVirus } from '../registry-shapes.ts';
import { readVirusFilter } from '../virus-selection.ts';

/** The malicious files of one image of a registry, latest first. */
export const describeAssetImageRegistryVirusList = operation({
  action: 'DescribeAssetImageRegistryVirusList',
  lasting: true,
  parameters: {
    Limit: limitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    ImageInfo: imageInfoParameter,
    Id: imageIdParameter,
  } as const satisfies ParametersFor<DescribeAssetImageRegistryVirusListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryVirusListResponse> | Refusal> {
    const filter = readVirusFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const named = readImageName(input);
    if (isRefusal(named)) return named;
    const { image } = await findRepositoryImage(call.app, call.accountId, named);
    const page = { offset: input.Offset ?? 0, limit: input.Limit ?? 10, by: 'lastSeen', order: 'desc' } as const;
    const { findings } = await listImageFindings(call.app, call.accountId, { imageId: image.image.id, ...filter, ...page });
    return { List: findings.rows.map((finding) => imageVirus(call, finding)), TotalCount: findings.total };
  },
});
