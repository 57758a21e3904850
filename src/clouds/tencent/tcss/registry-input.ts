import type { App, RegistryPolicy } from '#app/app.ts';
import type { RegistryInput } from '#app/registries.ts';
import { isRegistryName, listRegistries } from '#app/registries.ts';
import { isRegistryAddress } from '#domain/registry.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { isRefusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import { refuse } from '../errors.ts';
import { kindsOfTypes, usualRegion } from './registry-types.ts';

const name = { kind: 'text', max: 256 } as const;

export const registryIdParameter = { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } as const;

/** What Add and Update have in common. User and password, which the vendor marks as required, may be left out: some registries are open to everybody. */
export const registryParameters = {
  Name: { ...name, required: true },
  Username: name,
  Password: { kind: 'text', max: 8192 },
  Url: { kind: 'text', required: true, max: 1024 },
  RegistryType: { ...name, required: true },
  NetType: { ...name, required: true },
  RegistryVersion: name,
  RegistryRegion: name,
  SpeedLimit: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER },
  Insecure: { kind: 'integer', min: 0, max: 1 },
  ConnDetectConfig: { kind: 'list', max: 100, item: { kind: 'object', fields: { Quuid: name, Uuid: name } } },
  NeedScan: { kind: 'boolean' },
  SyncMode: { kind: 'integer', min: 0, max: 1 },
  InstanceId: name,
} as const;

export type RegistryCallInput = InputOf<typeof registryParameters>;

/** Reads what is told of a registry; what may be left out and is, is left to the caller. */
export function readRegistry(
  input: RegistryCallInput,
): (Omit<RegistryInput, 'policy' | 'insecure'> & Required<Pick<RegistryInput, 'extra'>>) | Refusal<TencentCode> {
  const kind = Object.hasOwn(kindsOfTypes, input.RegistryType) ? kindsOfTypes[input.RegistryType] : undefined;
  if (kind === undefined) return notAllowed('RegistryType', Object.keys(kindsOfTypes));
  if (input.NetType !== 'public' && input.NetType !== 'private') return notAllowed('NetType', ['public', 'private']);
  const address = readAddress(input);
  if (isRefusal(address)) return address;
  const { Name: registryName, Username: username = '', Password: password = '', RegistryRegion = '' } = input;
  const region = RegistryRegion === usualRegion ? '' : RegistryRegion;
  return { name: registryName, kind, address, username, password, region, extra: readExtra(input) };
}

// What is told of a registry and makes no difference here, but is told again.
function readExtra({ RegistryType, NetType, RegistryVersion, SpeedLimit, InstanceId }: RegistryCallInput): Readonly<Record<string, string>> {
  return {
    registryType: RegistryType,
    netType: NetType,
    ...(RegistryVersion === undefined ? {} : { registryVersion: RegistryVersion }),
    ...(SpeedLimit === undefined ? {} : { speedLimit: String(SpeedLimit) }),
    ...(InstanceId === undefined ? {} : { instanceId: InstanceId }),
  };
}

/** What NeedScan and SyncMode say: with full synchronisation only the newest image of each repository is scanned, with incremental every new one. */
export function readScanPolicy({ NeedScan, SyncMode }: Pick<RegistryCallInput, 'NeedScan' | 'SyncMode'>): Partial<RegistryPolicy> {
  return { ...(NeedScan === undefined ? {} : { scanNew: NeedScan }), ...(SyncMode === undefined ? {} : { scanOnlyNewest: SyncMode === 0 }) };
}

/** Why a registry cannot be called so; '' when it can. `id` is the registry's own. */
export async function nameTaken(
  call: { readonly app: App; readonly accountId: string; readonly language: 'en' | 'zh' },
  asked: string,
  id?: number,
): Promise<string> {
  if (!(await isRegistryName(call.app, call.accountId, asked, id))) return '';
  return call.language === 'zh' ? `镜像仓库名 ${asked} 已存在。` : `There is a registry ${asked} already.`;
}

/** The id of the account's registry at an address. */
export async function idByAddress({ app, accountId }: { readonly app: App; readonly accountId: string }, address: string): Promise<number | undefined> {
  const { rows } = await listRegistries(app, { accountId, addresses: { values: [address], exact: true }, offset: 0, limit: 1 });
  return rows[0]?.id;
}

/** Refuses an address that another registry of the account has: images say by it which registry they are of. */
export async function refuseTakenAddress(
  { app, accountId }: { readonly app: App; readonly accountId: string },
  address: string,
  id?: number,
): Promise<Refusal<TencentCode> | undefined> {
  const { rows } = await listRegistries(app, { accountId, addresses: { values: [address], exact: true }, offset: 0, limit: 1 });
  const [other] = rows;
  if (other === undefined || other.id === id) return undefined;
  return refuse('InvalidParameterValue', {
    en: `The registry ${other.name} has the parameter \`Url\` already.`,
    zh: `参数 \`Url\` 已被镜像仓库 ${other.name} 使用。`,
  });
}

function readAddress({ Url, Insecure }: RegistryCallInput): string | Refusal<TencentCode> {
  const [, scheme = 'https', address = ''] = /^(?:(https?):\/\/)?([^\s/?#@]+)\/?$/i.exec(Url) ?? [];
  if (!isRegistryAddress(address))
    return refuse('InvalidParameterValue', {
      en: 'The parameter `Url` must be https://HOST or https://HOST:PORT.',
      zh: '参数 `Url` 须为 https://HOST 或 https://HOST:PORT。',
    });
  if (scheme.toLowerCase() === 'http' && Insecure !== 1)
    return refuse('InvalidParameterValue', { en: 'A registry over plain HTTP needs `Insecure` 1.', zh: '使用 HTTP 的镜像仓库须将 `Insecure` 设为 1。' });
  return address;
}

function notAllowed(parameter: string, values: readonly string[]): Refusal<TencentCode> {
  const list = values.join(', ');
  return refuse('InvalidParameterValue', {
    en: `The parameter \`${parameter}\` must be one of ${list}.`,
    zh: `参数 \`${parameter}\` 的取值必须是 ${list} 之一。`,
  });
}
