import { hasInventoryImage } from '#app/list-image-inventory.ts';
import { operation } from '../../../operation.ts';
import { searchableImages } from '../criteria.ts';
import { listCriteria } from '../search-suggestions.ts';

/** What images may be searched by. */
export const describeImageCriteria = operation({
  action: 'DescribeImageCriteria',
  lasting: true,
  parameters: { Value: { kind: 'text', max: 512 } },
  async run(call, input) {
    return { CriteriaList: await listCriteria(searchableImages.criteria, input.Value, (condition) => hasInventoryImage(call.app, call.accountId, condition)) };
  },
});
