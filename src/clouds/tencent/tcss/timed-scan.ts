import type { ImageScanSetting, TimedChoice, TimedScanResult } from '#app/image-scan-setting.ts';
import type { RegistryTimedChoice } from '#app/registry-scan-setting.ts';
import type { Refusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import { refuse } from '../errors.ts';

/** ScanScope of local images, by its number. What the vendor groups into clusters are single hosts here. */
export const scopeKinds: readonly TimedChoice['kind'][] = ['all', 'chosen', 'recommended', 'hosts'];

/** ScanScope of images of registries. */
export const registryScopeKinds: readonly RegistryTimedChoice['kind'][] = ['all', 'chosen', 'recommended'];

/** ScanResult of a timed scan. Nothing needs a licence, so that none can be insufficient. */
export const scanResults: Readonly<Record<TimedScanResult, string>> = { started: 'Success', 'no-images': 'ImageNeedIsEmpty', failed: 'InternalError' };

/**
 * The minute of the day of a time such as `01:30`. Clients that send a whole time are understood too: of `2025-01-02T01:30:00Z` and
 * `2025-01-02 01:30:00` it is the same, in UTC as they are read by the vendor.
 */
export function minuteOf(name: string, text: string): number | Refusal<TencentCode> {
  const [, hours, minutes] = /^(?:\d{4}-\d\d-\d\d[T ])?([01]\d|2[0-3]|\d):([0-5]\d)(?::[0-5]\d)?Z?$/.exec(text) ?? [];
  if (hours !== undefined && minutes !== undefined) return Number(hours) * 60 + Number(minutes);
  return refuse('InvalidParameter.InvalidFormat', {
    en: `The parameter \`${name}\` must be a time such as 01:30, in UTC.`,
    zh: `参数 \`${name}\` 必须是 01:30 形式的 UTC 时间。`,
  });
}

/** `hh:mm`. */
export function hourAndMinute(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

export function scanKindsOf(input: { readonly ScanVirus: boolean; readonly ScanRisk: boolean; readonly ScanVul: boolean }): ImageScanSetting['kinds'] {
  return [
    ...(input.ScanVirus ? ['malware' as const] : []),
    ...(input.ScanRisk ? ['secrets' as const] : []),
    ...(input.ScanVul ? ['vulnerabilities' as const] : []),
  ];
}
