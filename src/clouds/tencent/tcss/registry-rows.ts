import type { ImageRepoRegistryInfo } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { ShownRegistry } from '#app/registries.ts';
import type { Text } from '#domain/detection.ts';
import type { AnswerFor, Call } from '../../operation.ts';
import { bareTime } from '../time.ts';
import { regionOf, registryTypeOf } from './registry-types.ts';

/** How an update of a registry's images goes; '' where there was none yet. */
export const syncStatuses: Readonly<Record<ShownRegistry['sync']['state'], string>> = {
  never: '',
  queued: 'doing',
  running: 'doing',
  done: 'success',
  failed: 'failed',
};

type Told = 'Name' | 'RegistryType' | 'Url' | 'NetType' | 'RegistryRegion' | 'RegistryVersion' | 'InstanceID' | 'SyncMode' | 'ConnDetectDetail';

/** What lists and details tell of a registry alike. */
export function registryFields(registry: ShownRegistry): Pick<AnswerFor<ImageRepoRegistryInfo>, Told> {
  const { name, address, region, insecure, policy, extra } = registry;
  return {
    Name: name,
    RegistryType: registryTypeOf(registry),
    Url: `${insecure ? 'http' : 'https'}://${address}`,
    NetType: extra?.['netType'] ?? 'public',
    RegistryRegion: regionOf(region),
    RegistryVersion: extra?.['registryVersion'] ?? '',
    InstanceID: extra?.['instanceId'] ?? '',
    SyncMode: policy.scanOnlyNewest === true ? 0 : 1,
    ConnDetectDetail: [],
  };
}

const syncAdvice: Text = {
  en: 'Check address, user and password of the registry and whether this server reaches it, then update it again.',
  zh: '请检查镜像仓库的地址、用户名、密码以及服务器到仓库的网络连通性，然后重新更新。',
};

/** A row of the list of registries. */
export function imageRepoRegistryInfo(call: Call, registry: ShownRegistry): AnswerFor<ImageRepoRegistryInfo> {
  const { id, sync } = registry;
  const failure = sync.state === 'failed' ? sync.error : '';
  return {
    RegistryId: id,
    ...registryFields(registry),
    ConnectMsg: failure,
    ConnDetectType: '',
    ConnDetectHostCount: 0,
    LatestSyncTime: bareTime(sync.succeededAt, call.zoneMinutes),
    SyncStatus: syncStatuses[sync.state],
    SyncFailReason: failure,
    SyncSolution: sync.state === 'failed' ? syncAdvice[call.language] : '',
    SyncMessage: sync.state === 'done' ? sync.error : '',
  };
}
