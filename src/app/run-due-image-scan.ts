import { LazaretError } from '#domain/error.ts';
import type { App, ScanSetting } from './app.ts';
import { chooseImages } from './choose-images.ts';
import { queueImages } from './create-image-scan-task.ts';
import { endOfScan, type ImageScanSetting, nextDue, readSetting, type TimedScanResult, timedImages } from './image-scan-setting.ts';

/**
 * Makes the tasks of the timed scans of local images that are due, of all accounts; returns how many were made. However many processes call it at
 * the same time, each due scan makes one task. A scan whose end has passed already, since no process ran, is left out. Images that are being scanned
 * are left out of the task.
 */
export async function runDueImageScans(app: Pick<App, 'store' | 'clock'>, now: number): Promise<number> {
  let made = 0;
  for (const due of await app.store.scanSettings.due('local', now)) made += (await runDue(app, due, now)) ? 1 : 0;
  return made;
}

/** Someone may start a scan between our look at the images and ours. */
const tries = 3;

async function runDue(app: Pick<App, 'store' | 'clock'>, due: ScanSetting, now: number): Promise<boolean> {
  const setting = readSetting(due);
  const dueAt = due.nextAt ?? now;
  const next = nextDue(setting, dueAt, now);
  const endAt = endOfScan(setting, dueAt);
  if (endAt <= now) {
    await app.store.scanSettings.claim(due, next);
    return false;
  }
  for (let tried = 1; ; tried++) {
    const images = await imagesOf(app, due, setting);
    try {
      return await app.store.transaction(async () => {
        if (!(await app.store.scanSettings.claim(due, next))) return false;
        if (images.ids.length > 0) {
          await queueImages(app, { accountId: due.accountId, imageIds: images.ids }, { timeoutSeconds: Math.ceil((endAt - now) / 1000), origin: 'timed' });
        }
        await app.store.scanSettings.note(due, { at: now, result: images.result });
        return images.ids.length > 0;
      });
    } catch (error) {
      if (!(error instanceof LazaretError) || (error.code !== 'conflict' && error.code !== 'not-found') || tried === tries) {
        return await fail(app, { due, next }, now);
      }
    }
  }
}

async function imagesOf(
  app: Pick<App, 'store' | 'clock'>,
  due: ScanSetting,
  { choice }: Pick<ImageScanSetting, 'choice'>,
): Promise<{ readonly ids: readonly string[]; readonly result: TimedScanResult }> {
  const chosen = timedImages(choice);
  try {
    const ids = await chooseImages(app, due.accountId, { ...chosen, only: { ...chosen.only, idle: true } });
    if (ids.length > 0) return { ids, result: 'started' };
    return { ids, result: (await chooseImages(app, due.accountId, chosen)).length > 0 ? 'started' : 'no-images' };
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'limit') return { ids: [], result: 'failed' };
    throw error;
  }
}

// The clock goes on: what could not be made is tried again when the next one is due.
async function fail(app: Pick<App, 'store' | 'clock'>, { due, next }: { readonly due: ScanSetting; readonly next: number }, now: number): Promise<boolean> {
  await app.store.transaction(async () => {
    if (await app.store.scanSettings.claim(due, next)) await app.store.scanSettings.note(due, { at: now, result: 'failed' satisfies TimedScanResult });
  });
  return false;
}
