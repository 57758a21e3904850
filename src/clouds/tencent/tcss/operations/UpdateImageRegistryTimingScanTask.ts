import type { UpdateImageRegistryTimingScanTaskRequest } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { RegistryTimedChoice } from '#app/registry-scan-setting.ts';
import { setRegistryScan } from '#app/registry-scan-setting.ts';
import { operation } from '../../../operation.ts';
import type { InputOf, ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import type { TencentCode } from '../../errors.ts';
import { chosenForScope1 } from '../registry-choice.ts';
import {
  imageIdsParameter,
  imageInfosParameter,
  namespacesParameter,
  readImageNames,
  readRegistryTypes,
  readScanTypes,
  registryTypesParameter,
  scanTypesParameter,
  virusMustBeScanned,
} from '../registry-selection.ts';
import { minuteOf, registryScopeKinds } from '../timed-scan.ts';

const parameters = {
  ScanPeriod: { kind: 'integer', required: true, min: 1, max: 365 },
  Enable: { kind: 'boolean', required: true },
  ScanTime: { kind: 'text', required: true, max: 64 },
  ScanType: scanTypesParameter,
  Images: imageInfosParameter,
  All: { kind: 'boolean' },
  Id: imageIdsParameter,
  Latest: { kind: 'boolean' },
  ContainerRunning: { kind: 'boolean' },
  ScanEndTime: { kind: 'text', max: 64 },
  ScanScope: { kind: 'integer', min: 0, max: 2 },
  RegistryType: registryTypesParameter,
  Namespace: namespacesParameter,
  ExcludeImageAssetIds: imageIdsParameter,
} as const satisfies ParametersFor<UpdateImageRegistryTimingScanTaskRequest>;

/** Sets the timed scan of images of registries. What it looks for and at is checked when it is switched on. */
export const updateImageRegistryTimingScanTask = operation({
  action: 'UpdateImageRegistryTimingScanTask',
  lasting: false,
  changes: true,
  parameters,
  async run(call, input): Promise<object | Refusal> {
    const startMinute = minuteOf('ScanTime', input.ScanTime);
    if (isRefusal(startMinute)) return startMinute;
    const endMinute = input.ScanEndTime === undefined ? undefined : minuteOf('ScanEndTime', input.ScanEndTime);
    if (isRefusal(endMinute)) return endMinute;
    const kinds = readScanTypes(input.ScanType);
    if (isRefusal(kinds)) return kinds;
    if (input.Enable && !kinds.includes('malware')) return virusMustBeScanned;
    const choice = readChoice(input);
    if (isRefusal(choice)) return choice;
    const { Enable: enabled, ScanPeriod: periodDays } = input;
    await setRegistryScan(call.app, call.accountId, { enabled, startMinute, endMinute, periodDays, kinds, choice });
    return {};
  },
});

function readChoice(input: InputOf<typeof parameters>): RegistryTimedChoice | Refusal<TencentCode> {
  const names = readImageNames(input);
  if (isRefusal(names)) return names;
  const registryKinds = readRegistryTypes(input.RegistryType);
  if (isRefusal(registryKinds)) return registryKinds;
  // Clients that do not know ScanScope say All or name images.
  const scope = input.ScanScope ?? (input.All !== true && names !== undefined ? 1 : 0);
  const kind = registryScopeKinds[scope] ?? 'all';
  if (input.Enable && kind === 'chosen' && names === undefined) return chosenForScope1;
  return {
    kind,
    images: names ?? [],
    except: input.ExcludeImageAssetIds ?? [],
    ...(registryKinds === undefined ? {} : { registryKinds }),
    registryTypes: input.RegistryType ?? [],
    namespaces: input.Namespace ?? [],
    latest: input.Latest === true,
    running: input.ContainerRunning === true,
  };
}
