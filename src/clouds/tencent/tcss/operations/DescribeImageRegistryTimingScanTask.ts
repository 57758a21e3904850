import type { DescribeImageRegistryTimingScanTaskResponse, ImageInfo } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { RepositoryImagePlace } from '#app/find-repository-image.ts';
import type { RegistryScanSetting } from '#app/registry-scan-setting.ts';
import { describeRegistryScanSetting } from '#app/registry-scan-setting.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { zonedTime } from '../../time.ts';
import { scanTypesOf } from '../registry-selection.ts';
import { registryTypes } from '../registry-types.ts';
import { hourAndMinute, registryScopeKinds, scanResults } from '../timed-scan.ts';

/** What is told while nothing was ever set. */
const unset: RegistryScanSetting = {
  enabled: false,
  startMinute: 0,
  endMinute: undefined,
  periodDays: 1,
  kinds: [],
  choice: { kind: 'all', images: [], except: [], registryTypes: [], namespaces: [], latest: false, running: false },
};

/** The timed scan of images of registries, and what came of the latest one. */
export const describeImageRegistryTimingScanTask = operation({
  action: 'DescribeImageRegistryTimingScanTask',
  lasting: true,
  parameters: {},
  async run(call): Promise<AnswerFor<DescribeImageRegistryTimingScanTaskResponse>> {
    const known = await describeRegistryScanSetting(call.app, call.accountId);
    const { enabled, startMinute, endMinute, periodDays, kinds, choice } = known?.setting ?? unset;
    return {
      Enable: enabled,
      ScanTime: hourAndMinute(startMinute),
      ScanPeriod: periodDays,
      ScanType: scanTypesOf(kinds),
      All: choice.kind === 'all',
      Images: choice.images.flatMap((name) => ('id' in name ? [] : [imageInfo(name)])),
      Id: choice.images.flatMap((name) => ('id' in name ? [name.id] : [])),
      Latest: choice.latest,
      ScanEndTime: endMinute === undefined ? '' : hourAndMinute(endMinute),
      RegistryType: choice.registryTypes,
      ContainerRunning: choice.running,
      ScanScope: registryScopeKinds.indexOf(choice.kind),
      Namespace: choice.namespaces,
      ExcludeImageAssetIds: choice.except,
      LastScanTime: zonedTime(known?.lastAt, call.zoneMinutes),
      ScanResult: known?.lastResult === undefined ? '' : scanResults[known.lastResult],
    };
  },
});

// As it was given; whether a scan was to be forced is not kept, since none is ever left out.
function imageInfo({ registry, registryId, kinds, address, namespace, name, tag, digest }: RepositoryImagePlace): AnswerFor<ImageInfo> {
  const [kind] = kinds ?? [];
  return {
    InstanceName: registry,
    Namespace: namespace,
    ImageName: name,
    ImageTag: tag,
    Force: '',
    ImageDigest: digest ?? '',
    RegistryType: kind === undefined ? '' : registryTypes[kind],
    ImageRepoAddress: address ?? '',
    InstanceId: registryId === undefined ? '' : String(registryId),
  };
}
