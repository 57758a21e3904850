import type { Product } from '../../product.ts';
import { createAssetImageScanTask } from './operations/CreateAssetImageScanTask.ts';
import { describeAssetImageDetail } from './operations/DescribeAssetImageDetail.ts';
import { describeAssetImageList } from './operations/DescribeAssetImageList.ts';
import { describeAssetImageScanStatus } from './operations/DescribeAssetImageScanStatus.ts';
import { describeAssetImageScanTask } from './operations/DescribeAssetImageScanTask.ts';
import { describeAssetImageSimpleList } from './operations/DescribeAssetImageSimpleList.ts';
import { describeAssetImageVirusList } from './operations/DescribeAssetImageVirusList.ts';
import { modifyAssetImageScanStop } from './operations/ModifyAssetImageScanStop.ts';

/** Container security. */
export const tcss: Product = {
  name: 'tcss',
  version: '2020-11-01',
  operations: [
    createAssetImageScanTask,
    describeAssetImageDetail,
    describeAssetImageList,
    describeAssetImageScanStatus,
    describeAssetImageScanTask,
    describeAssetImageSimpleList,
    describeAssetImageVirusList,
    modifyAssetImageScanStop,
  ],
};
