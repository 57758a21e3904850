import type { CreateAssetImageScanSettingRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { TimedChoice } from '#app/image-scan-setting.ts';
import { setImageScan } from '#app/set-image-scan.ts';
import { operation } from '../../../operation.ts';
import type { InputOf, ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import type { TencentCode } from '../../errors.ts';
import { refuse } from '../../errors.ts';
import { clustersForScope3, clustersParameter, imagesParameter, refuseScanKinds } from '../selection.ts';
import { minuteOf, scanKindsOf, scopeKinds } from '../timed-scan.ts';

const parameters = {
  Enable: { kind: 'boolean', required: true },
  ScanTime: { kind: 'text', required: true, max: 64 },
  ScanPeriod: { kind: 'integer', required: true, min: 1, max: 365 },
  ScanVirus: { kind: 'boolean', required: true },
  ScanRisk: { kind: 'boolean', required: true },
  ScanVul: { kind: 'boolean', required: true },
  All: { kind: 'boolean' },
  Images: imagesParameter,
  ContainerRunning: { kind: 'boolean' },
  ScanScope: { kind: 'integer', min: 0, max: 3 },
  ScanEndTime: { kind: 'text', max: 64 },
  ExcludeImages: imagesParameter,
  ClusterIDs: clustersParameter,
} as const satisfies ParametersFor<CreateAssetImageScanSettingRequest>;

/** Sets the timed scan of local images. What it looks for and at is checked when it is switched on. */
export const createAssetImageScanSetting = operation({
  action: 'CreateAssetImageScanSetting',
  lasting: false,
  changes: true,
  parameters,
  async run(call, input): Promise<Record<string, never> | Refusal> {
    const startMinute = minuteOf('ScanTime', input.ScanTime);
    if (isRefusal(startMinute)) return startMinute;
    const endMinute = input.ScanEndTime === undefined ? undefined : minuteOf('ScanEndTime', input.ScanEndTime);
    if (isRefusal(endMinute)) return endMinute;
    const choice = readChoice(input);
    if (isRefusal(choice)) return choice;
    const refused = input.Enable ? refuseScanKinds(input) : undefined;
    if (refused !== undefined) return refused;
    const { Enable: enabled, ScanPeriod: periodDays } = input;
    await setImageScan(call.app, call.accountId, { enabled, startMinute, endMinute, periodDays, kinds: scanKindsOf(input), choice });
    return {};
  },
});

function readChoice(input: InputOf<typeof parameters>): TimedChoice | Refusal<TencentCode> {
  const { Images, ClusterIDs } = input;
  // Clients that do not know ScanScope say All or give Images.
  const scope = input.ScanScope ?? (input.All !== true && Images !== undefined ? 1 : 0);
  const kind = scopeKinds[scope] ?? 'all';
  if (input.Enable && kind === 'chosen' && Images === undefined) {
    return refuse('InvalidParameter', { en: 'Images must be given with ScanScope 1.', zh: 'ScanScope 为 1 时必须指定 Images。' });
  }
  if (input.Enable && (kind === 'hosts') !== (ClusterIDs !== undefined)) return clustersForScope3;
  return { kind, imageIds: Images ?? [], except: input.ExcludeImages ?? [], hostIds: ClusterIDs ?? [], running: input.ContainerRunning === true };
}
