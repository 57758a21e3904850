import type { DescribeAssetImageScanSettingResponse } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { ImageScanSetting } from '#app/image-scan-setting.ts';
import { describeImageScanSetting } from '#app/image-scan-setting.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { bareTime } from '../../time.ts';
import { hourAndMinute, scanResults, scopeKinds } from '../timed-scan.ts';

/** What is told while nothing was ever set. */
const unset: ImageScanSetting = {
  enabled: false,
  startMinute: 0,
  endMinute: undefined,
  periodDays: 1,
  kinds: [],
  choice: { kind: 'all', imageIds: [], except: [], hostIds: [], running: false },
};

/** The timed scan of local images, and what came of the latest one. */
export const describeAssetImageScanSetting = operation({
  action: 'DescribeAssetImageScanSetting',
  lasting: true,
  parameters: {},
  async run(call): Promise<AnswerFor<DescribeAssetImageScanSettingResponse>> {
    const known = await describeImageScanSetting(call.app, call.accountId);
    const { enabled, startMinute, endMinute, periodDays, kinds, choice } = known?.setting ?? unset;
    return {
      Enable: enabled,
      ScanTime: hourAndMinute(startMinute),
      ScanPeriod: periodDays,
      ScanVirus: kinds.includes('malware'),
      ScanRisk: kinds.includes('secrets'),
      ScanVul: kinds.includes('vulnerabilities'),
      All: choice.kind === 'all',
      Images: choice.imageIds,
      ContainerRunning: choice.running,
      ScanScope: scopeKinds.indexOf(choice.kind),
      ScanEndTime: endMinute === undefined ? '' : hourAndMinute(endMinute),
      ExcludeImages: choice.except,
      LastScanTime: bareTime(known?.lastAt, call.zoneMinutes),
      ScanResult: known?.lastResult === undefined ? '' : scanResults[known.lastResult],
      ClusterIDs: choice.hostIds,
    };
  },
});
