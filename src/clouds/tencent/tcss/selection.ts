import type { ImageFilter } from '#app/image-filter.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { isRefusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import { refuse } from '../errors.ts';
import type { filtersParameter } from '../filters.ts';
import { readChoices, readFilters } from '../filters.ts';
import { scanStatusFilters } from './shapes.ts';

type FiltersInput = InputOf<{ readonly Filters: typeof filtersParameter }>['Filters'];

const imageKeys = { ImageName: 'ImageName', ImageID: 'ImageID', ScanStatus: 'ScanStatus', SecurityRisk: 'SecurityRisk' } as const;

/** Values of the filter SecurityRisk. Only malicious files are looked for, so an image that is vulnerable, holds secrets, or is trusted is not known. */
export const securityRisks = {
  VirusCnt: ['infected'],
  VulCnt: [],
  RiskCnt: [],
  IsTrustImage: [],
  CriticalLevelVul: [],
  HighLevelVul: [],
  MediumLevelVul: [],
  LowLevelVul: [],
} as const satisfies Record<string, readonly 'infected'[]>;

/** Reads the filters by which calls choose local images: ImageName, ImageID, ScanStatus, SecurityRisk. */
export function readImageFilter(filters: FiltersInput): ImageFilter | Refusal<TencentCode> {
  const conditions = readFilters(filters, imageKeys);
  if (isRefusal(conditions)) return conditions;
  const scanStates = readChoices(conditions.get('ScanStatus'), 'ScanStatus', scanStatusFilters);
  if (isRefusal(scanStates)) return scanStates;
  const risks = readChoices<'infected'>(conditions.get('SecurityRisk'), 'SecurityRisk', securityRisks);
  if (isRefusal(risks)) return risks;
  const names = conditions.get('ImageName');
  const ids = conditions.get('ImageID');
  return {
    local: true,
    ...(names === undefined ? {} : { names }),
    ...(ids === undefined ? {} : { ids }),
    ...(scanStates === undefined ? {} : { scanStates }),
    ...(risks === undefined ? {} : risks.includes('infected') ? { infected: true } : { none: true }),
  };
}

/** Reads the filter of the short list: Keywords, part of an image's name or id. */
export function readKeywords(filters: FiltersInput): ImageFilter | Refusal<TencentCode> {
  const conditions = readFilters(filters, { Keywords: 'Keywords' });
  if (isRefusal(conditions)) return conditions;
  const keywords = conditions.get('Keywords');
  return { local: true, ...(keywords === undefined ? {} : { keywords }) };
}

/** The fields by which image lists can be ordered. Counts that are not known are equal for all images, so any order is right for them. */
export const imageOrders = {
  CreateTime: 'created',
  ScanTime: 'scanTime',
  Size: 'size',
  ImageName: 'name',
  VirusCnt: 'findings',
  HostCnt: 'hosts',
  SuperNodeCnt: 'lastSeen',
  ContainerCnt: 'lastSeen',
  ComponentCnt: 'lastSeen',
  VulCnt: 'lastSeen',
  RiskCnt: 'lastSeen',
  SensitiveCount: 'lastSeen',
} as const;

/** The `Images` parameter: chosen image ids. */
export const imagesParameter = { kind: 'list', max: 10_000, item: { kind: 'text', max: 256 } } as const;

interface ScanKinds {
  readonly ScanVirus: boolean | undefined;
  readonly ScanVul: boolean | undefined;
  readonly ScanRisk: boolean | undefined;
}

/** Refuses what asks for no kind of scan, or only for kinds that there are not. */
export function refuseScanKinds(input: ScanKinds): Refusal<TencentCode> | undefined {
  if (input.ScanVirus === true) return undefined;
  if (input.ScanVul !== true && input.ScanRisk !== true) {
    return refuse('InvalidParameter', { en: 'One of ScanVul, ScanVirus and ScanRisk must be true.', zh: 'ScanVul、ScanVirus、ScanRisk 至少有一个为 true。' });
  }
  return refuse('UnsupportedOperation', {
    en: 'Only malicious files are scanned for: ScanVirus must be true.',
    zh: '仅支持木马扫描，ScanVirus 必须为 true。',
  });
}

/** The `ClusterIDs` parameter. Hosts are not grouped: each is a cluster of its own, under its own id. */
export const clustersParameter = { kind: 'list', max: 100, item: { kind: 'text', max: 256 } } as const;

export const clustersForScope3 = refuse('InvalidParameter', {
  en: 'ClusterIDs must be given with ScanScope 3, and only with it.',
  zh: 'ScanScope 为 3 时必须指定 ClusterIDs，其他取值不得指定。',
});
