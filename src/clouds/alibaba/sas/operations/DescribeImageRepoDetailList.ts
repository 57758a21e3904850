import { listRepositories, registriesOf } from '#app/list-repositories.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { criteriaParameters, readCriteria, searchableRepositories } from '../criteria.ts';
import { imageRepoDetail } from '../inventory.ts';

/** Repositories with what was found in their current images, seen last first. */
export const describeImageRepoDetailList = operation({
  action: 'DescribeImageRepoDetailList',
  lasting: true,
  parameters: { ...criteriaParameters, CurrentPage: currentPageParameter, PageSize: pageSizeParameter },
  async run(call, input) {
    const criteria = readCriteria(input, searchableRepositories);
    if (isRefusal(criteria)) return criteria;
    const repositories = await listRepositories(call.app, call.accountId, { ...readPage(input), ...criteria, by: 'lastSeen', order: 'desc' });
    const registries = await registriesOf(call.app, repositories.rows);
    return {
      PageInfo: pageInfo(input, repositories),
      ImageRepoResponses: repositories.rows.map((one) => imageRepoDetail(one, registries.get(one.registryId))),
    };
  },
});
