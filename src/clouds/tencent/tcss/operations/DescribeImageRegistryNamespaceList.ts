import type {
  DescribeImageRegistryNamespaceListRequest,
  DescribeImageRegistryNamespaceListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listNamespaces } from '#app/list-namespaces.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter, readFilters } from '../../filters.ts';
import { limitParameter, offsetParameter } from '../../page.ts';

const defaultLimit = 10;

/** Namespaces of registries, by name. */
export const describeImageRegistryNamespaceList = operation({
  action: 'DescribeImageRegistryNamespaceList',
  lasting: true,
  parameters: {
    Offset: offsetParameter,
    Limit: limitParameter,
    Filters: filtersParameter,
  } as const satisfies ParametersFor<DescribeImageRegistryNamespaceListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeImageRegistryNamespaceListResponse> | Refusal> {
    const conditions = readFilters(input.Filters, { Namespace: 'Namespace' });
    if (isRefusal(conditions)) return conditions;
    const names = conditions.get('Namespace');
    const { Offset: offset = 0, Limit: limit = defaultLimit } = input;
    const { total, rows } = await listNamespaces(call.app, { accountId: call.accountId, offset, limit, ...(names === undefined ? {} : { names }) });
    return {
      TotalCount: total,
      NamespaceList: rows.map(({ name }) => name),
      NamespaceDetail: rows.map(({ name, repositories, images, infectedImages }) => ({
        Namespace: name,
        RegistryCnt: repositories,
        ImageCnt: images,
        RiskImageCnt: infectedImages,
      })),
    };
  },
});
