import type { TextCondition } from '#app/app.ts';
import type { RepositoryImageName, RepositoryImagePlace } from '#app/find-repository-image.ts';
import type { ImageScanSetting } from '#app/image-scan-setting.ts';
import type { RepositoryImageFilter, RepositoryImageOrder } from '#app/repository-image-filter.ts';
import type { RegistryKind } from '#domain/registry.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { isRefusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import { refuse } from '../errors.ts';
import type { filtersParameter } from '../filters.ts';
import { readChoices, readFilters } from '../filters.ts';
import { registryTypeFilters, usualRegion } from './registry-types.ts';
import { securityRisks } from './selection.ts';
import { scanStatusFilters } from './shapes.ts';

const name = { kind: 'text', max: 256 } as const;
const neededName = { ...name, required: true } as const;

/** Where an image of a registry is kept. Of the fields that the vendor marks as required, those that may well be empty need not be given; an image without a tag has a digest. */
export const imageInfoParameter = {
  kind: 'object',
  fields: {
    InstanceName: name,
    Namespace: name,
    Force: name,
    ImageName: neededName,
    ImageTag: name,
    ImageDigest: name,
    RegistryType: name,
    ImageRepoAddress: { kind: 'text', max: 1024 },
    InstanceId: name,
  },
} as const;

export const imageInfosParameter = { kind: 'list', max: 1000, item: imageInfoParameter } as const;

/** The id of a repository image. */
export const imageIdParameter = { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const imageIdsParameter = { kind: 'list', max: 10_000, item: imageIdParameter } as const;

export const taskIdParameter = { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export const scanTypesParameter = { kind: 'list', max: 10, item: { kind: 'text', max: 16 } } as const;

export const registryTypesParameter = { kind: 'list', max: 20, item: { kind: 'text', max: 64 } } as const;

export const namespacesParameter = { kind: 'list', max: 100, item: name } as const;

/** The longest time that a task may be given, like that of local images. */
export const timeoutParameter = { kind: 'integer', min: 1, max: 7 * 24 * 3600 } as const;

type ImageInfoInput = InputOf<(typeof imageInfoParameter)['fields']>;

/** Reads where an image is kept. A namespace may stand before the name, as it does in some of the vendor's samples. */
function readImageInfo(info: ImageInfoInput): RepositoryImagePlace | Refusal<TencentCode> {
  const { InstanceName = '', InstanceId, ImageRepoAddress = '', ImageTag: tag = '', ImageDigest } = info;
  if (tag === '' && ImageDigest === undefined) return noTag;
  const kinds = info.RegistryType === undefined ? undefined : readRegistryTypes([info.RegistryType]);
  if (isRefusal(kinds)) return kinds;
  const whole = info.Namespace === undefined ? info.ImageName : `${info.Namespace}/${info.ImageName}`;
  const slash = whole.lastIndexOf('/');
  return {
    registry: InstanceName,
    // A text that is no id is none that a registry has.
    ...(InstanceId === undefined ? {} : { registryId: /^\d{1,15}$/.test(InstanceId) ? Number(InstanceId) : -1 }),
    ...(kinds === undefined ? {} : { kinds }),
    address: ImageRepoAddress,
    namespace: slash === -1 ? '' : whole.slice(0, slash),
    name: whole.slice(slash + 1),
    tag,
    ...(ImageDigest === undefined ? {} : { digest: ImageDigest }),
  };
}

const noTag = refuse('MissingParameter', {
  en: 'The parameter `ImageTag` is required where there is no `ImageDigest`.',
  zh: '未指定 `ImageDigest` 时，参数 `ImageTag` 是必填参数。',
});

/** The one image that Id, else ImageInfo names. */
export function readImageName({
  Id,
  ImageInfo,
}: {
  readonly Id: number | undefined;
  readonly ImageInfo: ImageInfoInput | undefined;
}): RepositoryImageName | Refusal<TencentCode> {
  if (Id !== undefined) return { id: Id };
  if (ImageInfo !== undefined) return readImageInfo(ImageInfo);
  return refuse('InvalidParameter', { en: 'Id or ImageInfo must be given.', zh: 'Id、ImageInfo 必须指定一个。' });
}

/** The images that Id and Images name together; undefined where neither is given. */
export function readImageNames({
  Id,
  Images,
}: {
  readonly Id: readonly number[] | undefined;
  readonly Images: readonly ImageInfoInput[] | undefined;
}): readonly RepositoryImageName[] | undefined | Refusal<TencentCode> {
  if (Id === undefined && Images === undefined) return undefined;
  const names: RepositoryImageName[] = (Id ?? []).map((id) => ({ id }));
  for (const info of Images ?? []) {
    const place = readImageInfo(info);
    if (isRefusal(place)) return place;
    names.push(place);
  }
  return names;
}

export function readRegistryTypes(types: readonly string[] | undefined): readonly RegistryKind[] | undefined | Refusal<TencentCode> {
  return types === undefined ? undefined : readChoices({ values: types, exact: true }, 'RegistryType', registryTypeFilters);
}

const scanKinds = { CVE: ['vulnerabilities'], VIRUS: ['malware'], RISK: ['secrets'] } as const satisfies Readonly<Record<string, ImageScanSetting['kinds']>>;

/** Reads ScanType; every kind where it is not given. Only malicious files are looked for, so that VIRUS must be among them. */
export function readScanTypes(types: readonly string[] | undefined): ImageScanSetting['kinds'] | Refusal<TencentCode> {
  const kinds = readChoices<ImageScanSetting['kinds'][number]>({ values: types ?? ['all'], exact: true }, 'ScanType', scanKinds);
  return kinds ?? ['vulnerabilities', 'malware', 'secrets'];
}

/** The names of kinds in ScanType. */
export function scanTypesOf(kinds: ImageScanSetting['kinds']): readonly string[] {
  return Object.entries(scanKinds).flatMap(([type, [kind]]) => (kinds.includes(kind) ? [type] : []));
}

export const virusMustBeScanned = refuse('UnsupportedOperation', {
  en: 'Only malicious files are scanned for: ScanType must hold VIRUS.',
  zh: '仅支持木马扫描，ScanType 必须包含 VIRUS。',
});

const keys = {
  Id: 'Id',
  InstanceName: 'InstanceName',
  InstanceId: 'InstanceId',
  RegistryType: 'RegistryType',
  RepoType: 'RegistryType',
  RegistryRegion: 'RegistryRegion',
  Namespace: 'Namespace',
  ImageName: 'ImageName',
  ImageTag: 'ImageTag',
  ImageID: 'ImageID',
  ImageId: 'ImageID',
  ImageDigest: 'ImageDigest',
  ScanStatus: 'ScanStatus',
  SecurityRisk: 'SecurityRisk',
  IsAuthorized: 'IsAuthorized',
} as const;

// Nothing needs a licence, so that every image has one.
export const authorizations = { '0': [], '1': ['licensed'] } as const satisfies Readonly<Record<string, readonly 'licensed'[]>>;

/** Reads the filters by which calls choose images of registries. */
export function readRepositoryFilter(filters: InputOf<{ readonly Filters: typeof filtersParameter }>['Filters']): RepositoryImageFilter | Refusal<TencentCode> {
  const conditions = readFilters(filters, keys);
  if (isRefusal(conditions)) return conditions;
  const scanStates = readChoices(conditions.get('ScanStatus'), 'ScanStatus', scanStatusFilters);
  if (isRefusal(scanStates)) return scanStates;
  const risks = readChoices<'infected'>(conditions.get('SecurityRisk'), 'SecurityRisk', securityRisks);
  if (isRefusal(risks)) return risks;
  const licences = readChoices<'licensed'>(conditions.get('IsAuthorized'), 'IsAuthorized', authorizations);
  if (isRefusal(licences)) return licences;
  const kinds = readChoices(conditions.get('RegistryType'), 'RegistryType', registryTypeFilters);
  if (isRefusal(kinds)) return kinds;
  const [ids, registryIds] = [numbersOf(conditions.get('Id')), numbersOf(conditions.get('InstanceId'))];
  const none = licences?.length === 0 || (risks !== undefined && !risks.includes('infected'));
  return given({
    ids,
    registryIds,
    registryNames: conditions.get('InstanceName'),
    registryRegions: regionsOf(conditions.get('RegistryRegion')),
    kinds,
    namespaces: conditions.get('Namespace'),
    names: conditions.get('ImageName'),
    tags: conditions.get('ImageTag'),
    idTexts: withPrefix(conditions.get('ImageID')),
    digestTexts: withPrefix(conditions.get('ImageDigest')),
    scanStates,
    infected: risks?.includes('infected') === true ? true : undefined,
    none: none ? true : undefined,
  });
}

/** The same without what is undefined. */
export function given<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  // Only members of another type than `undefined` are left.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The ids that a filter names; what is no number names none. */
export function numbersOf(condition: TextCondition | undefined): readonly number[] | undefined {
  return condition?.values.filter((value) => /^\d{1,15}$/.test(value)).map(Number);
}

// The word for no region is compared whole, and what is asked for beside it too.
function regionsOf(condition: TextCondition | undefined): TextCondition | undefined {
  if (condition?.values.some((value) => value.toLowerCase() === usualRegion) !== true) return condition;
  return { values: condition.values.map((value) => (value.toLowerCase() === usualRegion ? '' : value)), exact: true };
}

// Compared whole, a digest may be given without its prefix.
function withPrefix(condition: TextCondition | undefined): TextCondition | undefined {
  if (condition?.exact !== true) return condition;
  return { values: condition.values.map((value) => (value.includes(':') ? value : `sha256:${value}`)), exact: true };
}

/** The fields by which lists of repository images can be ordered. Counts that are not known are equal for all images, so any order is right for them. */
export const repositoryOrders = {
  ImageCreateTime: 'created',
  CreateTime: 'created',
  ScanTime: 'scanTime',
  ImageSize: 'size',
  Size: 'size',
  ImageName: 'name',
  VirusCnt: 'findings',
  VulCnt: 'lastSeen',
  RiskCnt: 'lastSeen',
  SensitiveInfoCnt: 'lastSeen',
  SentiveInfoCnt: 'lastSeen',
  ComponentCnt: 'lastSeen',
  ContainerCnt: 'lastSeen',
} as const satisfies Readonly<Record<string, RepositoryImageOrder>>;
