import { listImageInventory } from '#app/list-image-inventory.ts';
import { operation } from '../../../operation.ts';
import { isRefusal } from '../../../refusal.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { criteriaParameters, readCriteria, searchableImages } from '../criteria.ts';
import { imageInstance } from '../inventory.ts';

/** Images with where they are kept and how far they are scanned, seen last first. */
export const describeImageInstances = operation({
  action: 'DescribeImageInstances',
  lasting: true,
  parameters: { CurrentPage: currentPageParameter, PageSize: pageSizeParameter, ...criteriaParameters, Scanned: { kind: 'boolean' } },
  async run(call, input) {
    const criteria = readCriteria(input, searchableImages);
    if (isRefusal(criteria)) return criteria;
    const { Scanned: scanned } = input;
    const images = await listImageInventory(call.app, call.accountId, { ...readPage(input), ...criteria, ...(scanned === undefined ? {} : { scanned }) });
    return { PageInfo: pageInfo(input, images), ImageInstanceList: images.rows.map(imageInstance) };
  },
});
