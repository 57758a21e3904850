import { listImageInventory } from '#app/list-image-inventory.ts';
import { operation } from '../../../operation.ts';
import { searchableImages } from '../criteria.ts';
import { listCriteria } from '../search-suggestions.ts';

/** What images may be searched by. */
export const describeImageCriteria = operation({
  action: 'DescribeImageCriteria',
  lasting: true,
  parameters: { Value: { kind: 'text', max: 512 } },
  async run(call, input) {
    const finds = async (condition: object): Promise<boolean> =>
      (await listImageInventory(call.app, call.accountId, { ...condition, offset: 0, limit: 1 })).total > 0;
    return { CriteriaList: await listCriteria(searchableImages.criteria, input.Value, finds) };
  },
});
