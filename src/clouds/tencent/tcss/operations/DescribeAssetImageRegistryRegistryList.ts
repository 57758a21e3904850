import type {
  DescribeAssetImageRegistryRegistryListRequest,
  DescribeAssetImageRegistryRegistryListResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { listRegistries } from '#app/registries.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter, readChoices, readFilters } from '../../filters.ts';
import { byParameter, limitParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { imageRepoRegistryInfo } from '../registry-rows.ts';
import { authorizations, numbersOf } from '../registry-selection.ts';
import { registryTypeFilters } from '../registry-types.ts';

const keys = { RegistryId: 'id', Name: 'name', InstanceName: 'name', Url: 'address', RegistryType: 'kind', IsAuthorized: 'licence' } as const;
const orders = { RegistryId: 'id', Name: 'name', LatestSyncTime: 'synced' } as const;

/** The registries of the account, and how their latest updates went. */
export const describeAssetImageRegistryRegistryList = operation({
  action: 'DescribeAssetImageRegistryRegistryList',
  lasting: true,
  parameters: {
    Limit: limitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    By: byParameter,
    Order: orderParameter,
  } as const satisfies ParametersFor<DescribeAssetImageRegistryRegistryListRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryRegistryListResponse> | Refusal> {
    const page = readPage(input, orders, 'id');
    if (isRefusal(page)) return page;
    const conditions = readFilters(input.Filters, keys);
    if (isRefusal(conditions)) return conditions;
    const kinds = readChoices(conditions.get('kind'), 'RegistryType', registryTypeFilters);
    if (isRefusal(kinds)) return kinds;
    const licences = readChoices<'licensed'>(conditions.get('licence'), 'IsAuthorized', authorizations);
    if (isRefusal(licences)) return licences;
    if (licences?.length === 0) return { List: [], TotalCount: 0 };
    const [ids, names, addresses] = [numbersOf(conditions.get('id')), conditions.get('name'), conditions.get('address')];
    const { total, rows } = await listRegistries(call.app, {
      accountId: call.accountId,
      ...(ids === undefined ? {} : { ids }),
      ...(names === undefined ? {} : { names }),
      ...(addresses === undefined ? {} : { addresses }),
      ...(kinds === undefined ? {} : { kinds }),
      ...page,
    });
    return { List: rows.map((registry) => imageRepoRegistryInfo(call, registry)), TotalCount: total };
  },
});
