import type { Product } from '../../product.ts';
import { addAssetImageRegistryRegistryDetail } from './operations/AddAssetImageRegistryRegistryDetail.ts';
import { checkRepeatAssetImageRegistry } from './operations/CheckRepeatAssetImageRegistry.ts';
import { createAssetImageRegistryScanTask } from './operations/CreateAssetImageRegistryScanTask.ts';
import { createAssetImageRegistryScanTaskOneKey } from './operations/CreateAssetImageRegistryScanTaskOneKey.ts';
import { createAssetImageScanSetting } from './operations/CreateAssetImageScanSetting.ts';
import { createAssetImageScanTask } from './operations/CreateAssetImageScanTask.ts';
import { createAssetImageVirusExportJob } from './operations/CreateAssetImageVirusExportJob.ts';
import { createImageExportJob } from './operations/CreateImageExportJob.ts';
import { describeAssetImageDetail } from './operations/DescribeAssetImageDetail.ts';
import { describeAssetImageHostList } from './operations/DescribeAssetImageHostList.ts';
import { describeAssetImageList } from './operations/DescribeAssetImageList.ts';
import { describeAssetImageListExport } from './operations/DescribeAssetImageListExport.ts';
import { describeAssetImageRegistryAssetStatus } from './operations/DescribeAssetImageRegistryAssetStatus.ts';
import { describeAssetImageRegistryDetail } from './operations/DescribeAssetImageRegistryDetail.ts';
import { describeAssetImageRegistryList } from './operations/DescribeAssetImageRegistryList.ts';
import { describeAssetImageRegistryListExport } from './operations/DescribeAssetImageRegistryListExport.ts';
import { describeAssetImageRegistryRegistryDetail } from './operations/DescribeAssetImageRegistryRegistryDetail.ts';
import { describeAssetImageRegistryRegistryList } from './operations/DescribeAssetImageRegistryRegistryList.ts';
import { describeAssetImageRegistryScanStatusOneKey } from './operations/DescribeAssetImageRegistryScanStatusOneKey.ts';
import { describeAssetImageRegistrySummary } from './operations/DescribeAssetImageRegistrySummary.ts';
import { describeAssetImageRegistryVirusList } from './operations/DescribeAssetImageRegistryVirusList.ts';
import { describeAssetImageRegistryVirusListExport } from './operations/DescribeAssetImageRegistryVirusListExport.ts';
import { describeAssetImageScanSetting } from './operations/DescribeAssetImageScanSetting.ts';
import { describeAssetImageScanStatus } from './operations/DescribeAssetImageScanStatus.ts';
import { describeAssetImageScanTask } from './operations/DescribeAssetImageScanTask.ts';
import { describeAssetImageSimpleList } from './operations/DescribeAssetImageSimpleList.ts';
import { describeAssetImageVirusList } from './operations/DescribeAssetImageVirusList.ts';
import { describeAssetImageVirusListExport } from './operations/DescribeAssetImageVirusListExport.ts';
import { describeExportJobDownloadURL } from './operations/DescribeExportJobDownloadURL.ts';
import { describeExportJobManageList } from './operations/DescribeExportJobManageList.ts';
import { describeExportJobResult } from './operations/DescribeExportJobResult.ts';
import { describeImageRegistryNamespaceList } from './operations/DescribeImageRegistryNamespaceList.ts';
import { describeImageRegistryTimingScanTask } from './operations/DescribeImageRegistryTimingScanTask.ts';
import { describeImageRiskSummary } from './operations/DescribeImageRiskSummary.ts';
import { modifyAssetImageRegistryScanStop } from './operations/ModifyAssetImageRegistryScanStop.ts';
import { modifyAssetImageRegistryScanStopOneKey } from './operations/ModifyAssetImageRegistryScanStopOneKey.ts';
import { modifyAssetImageScanStop } from './operations/ModifyAssetImageScanStop.ts';
import { removeAssetImageRegistryRegistryDetail } from './operations/RemoveAssetImageRegistryRegistryDetail.ts';
import { syncAssetImageRegistryAsset } from './operations/SyncAssetImageRegistryAsset.ts';
import { updateAssetImageRegistryRegistryDetail } from './operations/UpdateAssetImageRegistryRegistryDetail.ts';
import { updateImageRegistryTimingScanTask } from './operations/UpdateImageRegistryTimingScanTask.ts';

/** Container security. */
export const tcss: Product = {
  name: 'tcss',
  version: '2020-11-01',
  operations: [
    addAssetImageRegistryRegistryDetail,
    checkRepeatAssetImageRegistry,
    createAssetImageRegistryScanTask,
    createAssetImageRegistryScanTaskOneKey,
    createAssetImageScanSetting,
    createAssetImageScanTask,
    createAssetImageVirusExportJob,
    createImageExportJob,
    describeAssetImageDetail,
    describeAssetImageHostList,
    describeAssetImageList,
    describeAssetImageListExport,
    describeAssetImageRegistryAssetStatus,
    describeAssetImageRegistryDetail,
    describeAssetImageRegistryList,
    describeAssetImageRegistryListExport,
    describeAssetImageRegistryRegistryDetail,
    describeAssetImageRegistryRegistryList,
    describeAssetImageRegistryScanStatusOneKey,
    describeAssetImageRegistrySummary,
    describeAssetImageRegistryVirusList,
    describeAssetImageRegistryVirusListExport,
    describeAssetImageScanSetting,
    describeAssetImageScanStatus,
    describeAssetImageScanTask,
    describeAssetImageSimpleList,
    describeAssetImageVirusList,
    describeAssetImageVirusListExport,
    describeExportJobDownloadURL,
    describeExportJobManageList,
    describeExportJobResult,
    describeImageRegistryNamespaceList,
    describeImageRegistryTimingScanTask,
    describeImageRiskSummary,
    modifyAssetImageRegistryScanStop,
    modifyAssetImageRegistryScanStopOneKey,
    modifyAssetImageScanStop,
    removeAssetImageRegistryRegistryDetail,
    syncAssetImageRegistryAsset,
    updateAssetImageRegistryRegistryDetail,
    updateImageRegistryTimingScanTask,
  ],
};
