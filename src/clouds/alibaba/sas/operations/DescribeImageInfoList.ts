import { listImageInventory } from '#app/list-image-inventory.ts';
import { operation } from '../../../operation.ts';
import { imageInfo } from '../inventory.ts';

/** Images by their Uuids; a Uuid that no image has counts for nothing. */
export const describeImageInfoList = operation({
  action: 'DescribeImageInfoList',
  lasting: true,
  parameters: { Uuids: { kind: 'list', max: 100, required: true, item: { kind: 'text', max: 128 } } },
  async run(call, input) {
    const images = await listImageInventory(call.app, call.accountId, { scope: { imageIds: input.Uuids }, offset: 0, limit: input.Uuids.length });
    return { ImageInfos: images.rows.map(imageInfo) };
  },
});
