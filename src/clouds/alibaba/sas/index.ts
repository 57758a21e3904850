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
import { describeClusterImageSecuritySummary } from './operations/DescribeClusterImageSecuritySummary.ts';
import { describeCountNotScannedImage } from './operations/DescribeCountNotScannedImage.ts';
import { describeCountScannedImage } from './operations/DescribeCountScannedImage.ts';
import { describeGroupedMaliciousFiles } from './operations/DescribeGroupedMaliciousFiles.ts';
import { describeImage } from './operations/DescribeImage.ts';
import { describeImageCriteria } from './operations/DescribeImageCriteria.ts';
import { describeImageEventOperationCondition } from './operations/DescribeImageEventOperationCondition.ts';
import { describeImageEventOperationPage } from './operations/DescribeImageEventOperationPage.ts';
import { describeImageInfoList } from './operations/DescribeImageInfoList.ts';
import { describeImageInstances } from './operations/DescribeImageInstances.ts';
import { describeImageLatestScanTask } from './operations/DescribeImageLatestScanTask.ts';
import { describeImageRepoCriteria } from './operations/DescribeImageRepoCriteria.ts';
import { describeImageRepoDetailList } from './operations/DescribeImageRepoDetailList.ts';
import { describeImageRepoList } from './operations/DescribeImageRepoList.ts';
import { describeImageRiskLevelStatistic } from './operations/DescribeImageRiskLevelStatistic.ts';
import { describeImageScanAuthCount } from './operations/DescribeImageScanAuthCount.ts';
import { describeImageSecurityScanCount } from './operations/DescribeImageSecurityScanCount.ts';
import { describeImageStatistics } from './operations/DescribeImageStatistics.ts';
import { describeMatchedMaliciousNames } from './operations/DescribeMatchedMaliciousNames.ts';
import { describeOnceTask } from './operations/DescribeOnceTask.ts';
import { describeOnceTaskLeafRecordPage } from './operations/DescribeOnceTaskLeafRecordPage.ts';
import { generateOnceTask } from './operations/GenerateOnceTask.ts';
import { getFileDetectApiInvokeInfo } from './operations/GetFileDetectApiInvokeInfo.ts';
import { getFileDetectReport } from './operations/GetFileDetectReport.ts';
import { getFileDetectResult } from './operations/GetFileDetectResult.ts';
import { getImageEventOperation } from './operations/GetImageEventOperation.ts';
import { getImageScanNumInPeriod } from './operations/GetImageScanNumInPeriod.ts';
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
    describeImageInstances,
    describeImageInfoList,
    describeImageRepoDetailList,
    describeImageRepoList,
    describeImageCriteria,
    describeImageRepoCriteria,
    describeImageStatistics,
    describeImageScanAuthCount,
    getImageScanNumInPeriod,
    describeCountScannedImage,
    describeCountNotScannedImage,
    describeImageRiskLevelStatistic,
    describeImageSecurityScanCount,
    describeClusterImageSecuritySummary,
    describeImage,
  ],
};
