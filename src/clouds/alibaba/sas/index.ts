import type { AlibabaProduct } from '../product.ts';
import { addImageEventOperation } from './operations/AddImageEventOperation.ts';
import { createFileDetect } from './operations/CreateFileDetect.ts';
import { createFileDetectUploadUrl } from './operations/CreateFileDetectUploadUrl.ts';
import { deleteImageEventOperation } from './operations/DeleteImageEventOperation.ts';
import { describeAffectedMaliciousFileImages } from './operations/DescribeAffectedMaliciousFileImages.ts';
import { describeGroupedMaliciousFiles } from './operations/DescribeGroupedMaliciousFiles.ts';
import { describeImageEventOperationCondition } from './operations/DescribeImageEventOperationCondition.ts';
import { describeImageEventOperationPage } from './operations/DescribeImageEventOperationPage.ts';
import { describeMatchedMaliciousNames } from './operations/DescribeMatchedMaliciousNames.ts';
import { getFileDetectApiInvokeInfo } from './operations/GetFileDetectApiInvokeInfo.ts';
import { getFileDetectReport } from './operations/GetFileDetectReport.ts';
import { getFileDetectResult } from './operations/GetFileDetectResult.ts';
import { getImageEventOperation } from './operations/GetImageEventOperation.ts';
import { listCompressFileDetectResult } from './operations/ListCompressFileDetectResult.ts';
import { updateImageEventOperation } from './operations/UpdateImageEventOperation.ts';

/** Security Center. */
export const sas: AlibabaProduct = {
  name: 'Sas',
  version: '2018-12-03',
  policyPrefix: 'yundun-sas',
  operations: [
    describeAffectedMaliciousFileImages,
    describeGroupedMaliciousFiles,
    describeMatchedMaliciousNames,
    createFileDetect,
    createFileDetectUploadUrl,
    getFileDetectApiInvokeInfo,
    getFileDetectReport,
    getFileDetectResult,
    listCompressFileDetectResult,
    addImageEventOperation,
    updateImageEventOperation,
    deleteImageEventOperation,
    getImageEventOperation,
    describeImageEventOperationPage,
    describeImageEventOperationCondition,
  ],
};
