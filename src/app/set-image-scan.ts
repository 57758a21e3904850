import type { App, ScanSetting } from './app.ts';
import { chooseImages } from './choose-images.ts';
import { type ImageScanSetting, nextMinute, readSetting, type ScanSchedule } from './image-scan-setting.ts';

/**
 * Sets the account's timed scan of local images. The first one is due at the next such minute of the day; where neither the minute nor the period change, the next
 * one stays due when it was.
 * @throws LazaretError 'not-found' when one of the chosen images does not exist.
 */
export async function setImageScan(app: App, accountId: string, setting: ImageScanSetting): Promise<void> {
  if (setting.enabled && setting.choice.kind === 'chosen') await chooseImages(app, accountId, { ids: setting.choice.imageIds, local: true });
  await saveSchedule(app, { accountId, kind: 'local' }, setting);
}

/** The same for a kind of timed scan, without a look at what it chooses. */
export async function saveSchedule(app: App, which: Pick<ScanSetting, 'accountId' | 'kind'>, setting: ScanSchedule): Promise<void> {
  const { scanSettings } = app.store;
  await app.store.transaction(async () => {
    const stored = await scanSettings.find(which.accountId, which.kind);
    const known = stored === undefined ? undefined : readSetting<ScanSchedule>(stored);
    const isSame = known?.startMinute === setting.startMinute && known.periodDays === setting.periodDays;
    const due = isSame && stored?.nextAt !== undefined ? stored.nextAt : nextMinute(setting.startMinute, app.clock());
    await scanSettings.save({ ...which, body: JSON.stringify(setting), nextAt: setting.enabled ? due : undefined });
  });
}
