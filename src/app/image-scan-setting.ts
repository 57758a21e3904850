import type { App, ScanSetting } from './app.ts';
import type { SelectedImages } from './choose-images.ts';

/** What a timed scan of local images looks at. Each kind keeps what was given for the others, so that it can be told again. */
export interface TimedChoice {
  readonly kind: 'all' | 'chosen' | 'recommended' | 'hosts';
  readonly imageIds: readonly string[];
  readonly except: readonly string[];
  readonly hostIds: readonly string[];
  /** Only images with a running container. */
  readonly running: boolean;
}

/** When a timed scan runs, and what it looks for. */
export interface ScanSchedule {
  readonly enabled: boolean;
  /** Minutes of the day, UTC. */
  readonly startMinute: number;
  /** When a scan that is not done ends; undefined: when the next one is due. */
  readonly endMinute: number | undefined;
  readonly periodDays: number;
  /** What its owner wants to be looked for. Only malware is. */
  readonly kinds: readonly ('malware' | 'secrets' | 'vulnerabilities')[];
}

/** A timed scan of an account's local images. */
export interface ImageScanSetting extends ScanSchedule {
  readonly choice: TimedChoice;
}

/** How a due scan came out: a task was made (or all that is chosen is being scanned already), there was nothing to scan, or it could not be made. */
export type TimedScanResult = 'started' | 'no-images' | 'failed';

const dayMs = 24 * 3600 * 1000;
const minuteMs = 60_000;
/** The longest that a task may take, ms. */
const longestMs = 7 * dayMs;

/** The first time after `now` that has this minute of the day. */
export function nextMinute(minute: number, now: number): number {
  const today = Math.floor(now / dayMs) * dayMs + minute * minuteMs;
  return today > now ? today : today + dayMs;
}

/** When a scan that was due at `dueAt` is due again: whole periods later, and after `now`. */
export function nextDue({ periodDays }: Pick<ScanSchedule, 'periodDays'>, dueAt: number, now: number): number {
  const period = periodDays * dayMs;
  return dueAt + period * Math.max(1, Math.floor((now - dueAt) / period) + 1);
}

/** When a scan that was due at `dueAt` must have ended. */
export function endOfScan(setting: Pick<ScanSchedule, 'periodDays' | 'endMinute'>, dueAt: number): number {
  const end = setting.endMinute === undefined ? dueAt + setting.periodDays * dayMs : nextMinute(setting.endMinute, dueAt);
  return Math.min(end, dueAt + longestMs);
}

/** The images that a timed scan is for. */
export function timedImages(choice: TimedChoice): SelectedImages {
  const only = {
    running: choice.running,
    recommended: choice.kind === 'recommended',
    ...(choice.kind === 'chosen' ? { ids: choice.imageIds } : {}),
    ...(choice.kind === 'hosts' ? { hostIds: choice.hostIds } : {}),
  };
  return { filter: { local: true }, except: choice.except, only };
}

/** What was stored for a kind of timed scan. */
export function readSetting<Setting extends ScanSchedule = ImageScanSetting>(stored: Pick<ScanSetting, 'body'>): Setting {
  const setting = JSON.parse(stored.body) as Setting;
  return { ...setting, endMinute: setting.endMinute };
}

/** A timed scan with what came of the latest one. */
export interface DescribedScanSetting<Setting> {
  readonly setting: Setting;
  readonly lastAt: number | undefined;
  readonly lastResult: TimedScanResult | undefined;
}

/** The account's timed scan of local images; undefined when none was ever set. */
export async function describeImageScanSetting(app: App, accountId: string): Promise<DescribedScanSetting<ImageScanSetting> | undefined> {
  return describeSetting(app, accountId, 'local');
}

/** The same for a kind of timed scan. */
export async function describeSetting<Setting extends ScanSchedule>(
  app: App,
  accountId: string,
  kind: ScanSetting['kind'],
): Promise<DescribedScanSetting<Setting> | undefined> {
  const stored = await app.store.scanSettings.find(accountId, kind);
  if (stored === undefined) return undefined;
  return { setting: readSetting(stored), lastAt: stored.lastAt, lastResult: stored.lastResult === '' ? undefined : (stored.lastResult as TimedScanResult) };
}
