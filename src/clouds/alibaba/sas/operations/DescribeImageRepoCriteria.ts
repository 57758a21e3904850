import { hasRepository } from '#app/list-repositories.ts';
import { operation } from '../../../operation.ts';
import { searchableRepositories } from '../criteria.ts';
import { listCriteria } from '../search-suggestions.ts';

/** What repositories may be searched by. */
export const describeImageRepoCriteria = operation({
  action: 'DescribeImageRepoCriteria',
  lasting: true,
  parameters: { Value: { kind: 'text', max: 512 } },
  async run(call, input) {
    return {
      CriteriaList: await listCriteria(searchableRepositories.criteria, input.Value, (condition) => hasRepository(call.app, call.accountId, condition)),
    };
  },
});
