import { listRepositories } from '#app/list-repositories.ts';
import { operation } from '../../../operation.ts';
import { searchableRepositories } from '../criteria.ts';
import { listCriteria } from '../search-suggestions.ts';

/** What repositories may be searched by. */
export const describeImageRepoCriteria = operation({
  action: 'DescribeImageRepoCriteria',
  lasting: true,
  parameters: { Value: { kind: 'text', max: 512 } },
  async run(call, input) {
    const page = { offset: 0, limit: 1, by: 'name', order: 'asc' } as const;
    const finds = async (condition: object): Promise<boolean> => (await listRepositories(call.app, call.accountId, { ...condition, ...page })).total > 0;
    return { CriteriaList: await listCriteria(searchableRepositories.criteria, input.Value, finds) };
  },
});
