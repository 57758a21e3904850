import type { App } from './app.ts';
import { chooseImages } from './choose-images.ts';
import { type ImageScanSetting, nextMinute, readSetting } from './image-scan-setting.ts';

/**
 * Sets the account's timed scan of local images. The first one is due at the next such minute of the day; where neither the minute nor the period change, the next
 * one stays due when it was.
 * @throws LazaretError 'not-found' when one of the chosen images does not exist.
 */
export async function setImageScan(app: App, accountId: string, setting: ImageScanSetting): Promise<void> {
  if (setting.enabled && setting.choice.kind === 'chosen') await chooseImages(app, accountId, { ids: setting.choice.imageIds, local: true });
  const { scanSettings } = app.store;
  await app.store.transaction(async () => {
    const stored = await scanSettings.find(accountId, 'local');
    const known = stored === undefined ? undefined : readSetting(stored);
    const isSame = known?.startMinute === setting.startMinute && known.periodDays === setting.periodDays;
    const due = isSame && stored?.nextAt !== undefined ? stored.nextAt : nextMinute(setting.startMinute, app.clock());
    await scanSettings.save({ accountId, kind: 'local', body: JSON.stringify(setting), nextAt: setting.enabled ? due : undefined });
  });
}
