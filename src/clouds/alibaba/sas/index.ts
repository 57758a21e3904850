import type { AlibabaProduct } from '../product.ts';
import { addImageEventOperation } from './operations/AddImageEventOperation.ts';

import { batchDeleteMaliciousFileWhitelistConfig } from './operations/BatchDeleteMaliciousFileWhitelistConfig.ts';
import { batchUpdateMaliciousFileWhitelistConfig } from './operations/BatchUpdateMaliciousFileWhitelistConfig.ts';

import { cancelOnceTask } from './operations/CancelOnceTask.ts';

import { createFileDetect } from './operations/CreateFileDetect.ts';
import { createFileDetectUploadUrl } from './operations/CreateFileDetectUploadUrl.ts';
import { createMaliciousFileWhitelistConfig } from './operations/CreateMaliciousFileWhitelistConfig.ts';
import { deleteImageEventOperation } from './operations/DeleteImageEventOperation.ts';
import { deleteMaliciousFileWhitelistConfig } from './operations/DeleteMaliciousFileWhitelistConfig.ts';
import { describeAffectedMaliciousFileImages } from './operations/DescribeAffectedMaliciousFileImages.ts';
import { describeGroupedMaliciousFiles } from './operations/DescribeGroupedMaliciousFiles.ts';
import { describeImageEventOperationCondition } from './operations/DescribeImageEventOperationCondition.ts';
import { describeImageEventOperationPage } from './operations/DescribeImageEventOperationPage.ts';
import { describeImageLatestScanTask } from './operations/DescribeImageLatestScanTask.ts';
import { describeMatchedMaliciousNames } from './operations/DescribeMatchedMaliciousNames.ts';
import { describeOnceTask } from './operations/DescribeOnceTask.ts';
import { describeOnceTaskLeafRecordPage } from './operations/DescribeOnceTaskLeafRecordPage.ts';
import { generateOnceTask } from './operations/GenerateOnceTask.ts';
import { getFileDetectApiInvokeInfo } from './operations/GetFileDetectApiInvokeInfo.ts';
import { getFileDetectReport } from './operations/GetFileDetectReport.ts';
import { getFileDetectResult } from './operations/GetFileDetectResult.ts';
import { getImageEventOperation } from './operations/GetImageEventOperation.ts';
import { getLastOnceTaskInfo } from './operations/GetLastOnceTaskInfo.ts';
import { getMaliciousFileWhitelistConfig } from './operations/GetMaliciousFileWhitelistConfig.ts';
import { getOnceTaskResultInfo } from './operations/GetOnceTaskResultInfo.ts';
import { handleMaliciousFiles } from './operations/HandleMaliciousFiles.ts';
import { listCompressFileDetectResult } from './operations/ListCompressFileDetectResult.ts';
import { listMaliciousFileWhitelistConfigs } from './operations/ListMaliciousFileWhitelistConfigs.ts';
import { listUnfinishedOnceTask } from './operations/ListUnfinishedOnceTask.ts';
import { publicCreateImageScanTask } from './operations/PublicCreateImageScanTask.ts';
import { publicPreCheckImageScanTask } from './operations/PublicPreCheckImageScanTask.ts';
import { publicSyncAndCreateImageScanTask } from './operations/PublicSyncAndCreateImageScanTask.ts';

import { updateImageEventOperation } from './operations/UpdateImageEventOperation.ts';
import { updateMaliciousFileWhitelistConfig } from './operations/UpdateMaliciousFileWhitelistConfig.ts';

/** Security Center. */
export const sas: AlibabaProduct = {
  name: 'Sas',
  version: '2018-12-03',
  policyPrefix: 'yundun-sas',
  operations: [
    publicPreCheckImageScanTask,
    publicCreateImageScanTask,
    publicSyncAndCreateImageScanTask,
    describeImageLatestScanTask,
    getOnceTaskResultInfo,
    getLastOnceTaskInfo,
    describeOnceTaskLeafRecordPage,
    listUnfinishedOnceTask,
    describeOnceTask,
    generateOnceTask,
    cancelOnceTask,
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
    createMaliciousFileWhitelistConfig,
    updateMaliciousFileWhitelistConfig,
    batchUpdateMaliciousFileWhitelistConfig,
    deleteMaliciousFileWhitelistConfig,
    batchDeleteMaliciousFileWhitelistConfig,
    getMaliciousFileWhitelistConfig,
    listMaliciousFileWhitelistConfigs,
    handleMaliciousFiles,
  ],
};
