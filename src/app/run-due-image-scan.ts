import { LazaretError } from '#domain/error.ts';
import type { App, ScanSetting } from './app.ts';
import { chooseImages } from './choose-images.ts';
import { chooseRepositoryImages } from './choose-repository-images.ts';
import { queueImages } from './create-image-scan-task.ts';
import { endOfScan, nextDue, readSetting, type ScanSchedule, type TimedScanResult, timedImages } from './image-scan-setting.ts';
import { type RegistryScanSetting, timedRepositoryImages } from './registry-scan-setting.ts';

/**
 * Makes the tasks of the timed scans that are due, of local images and of those of registries, of all accounts; returns how many were made. However many processes call it at
 * the same time, each due scan makes one task. A scan whose end has passed already, since no process ran, is left out. Images that are being scanned
 * are left out of the task.
 */
export async function runDueImageScans(app: Pick<App, 'store' | 'clock'>, now: number): Promise<number> {
  let made = 0;
  for (const kind of ['local', 'registry'] as const) {
    for (const due of await app.store.scanSettings.due(kind, now)) made += (await runDue(app, due, now)) ? 1 : 0;
  }
  return made;
}

const origins = { local: 'timed', registry: 'registry-timed' } as const;

/** Someone may start a scan between our look at the images and ours. */
const tries = 3;

async function runDue(app: Pick<App, 'store' | 'clock'>, due: ScanSetting, now: number): Promise<boolean> {
  const setting = readSetting<ScanSchedule>(due);
  const dueAt = due.nextAt ?? now;
  const next = nextDue(setting, dueAt, now);
  const endAt = endOfScan(setting, dueAt);
  if (endAt <= now) {
    await app.store.scanSettings.claim(due, next);
    return false;
  }
  for (let tried = 1; ; tried++) {
    const images = await imagesOf(app, due);
    try {
      return await app.store.transaction(async () => {
        if (!(await app.store.scanSettings.claim(due, next))) return false;
        if (images.ids.length > 0) {
          await queueImages(
            app,
            { accountId: due.accountId, imageIds: images.ids },
            { timeoutSeconds: Math.ceil((endAt - now) / 1000), origin: origins[due.kind] },
          );
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

async function imagesOf(app: Pick<App, 'store' | 'clock'>, due: ScanSetting): Promise<{ readonly ids: readonly string[]; readonly result: TimedScanResult }> {
  try {
    const ids = await choose(app, due, true);
    if (ids.length > 0) return { ids, result: 'started' };
    return { ids, result: (await choose(app, due, false)).length > 0 ? 'started' : 'no-images' };
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'limit') return { ids: [], result: 'failed' };
    throw error;
  }
}

async function choose(app: Pick<App, 'store' | 'clock'>, due: ScanSetting, idle: boolean): Promise<readonly string[]> {
  if (due.kind === 'registry') {
    const chosen = timedRepositoryImages(readSetting<RegistryScanSetting>(due).choice);
    return (await chooseRepositoryImages(app, due.accountId, { ...chosen, idle })).map(({ imageId }) => imageId);
  }
  const chosen = timedImages(readSetting(due).choice);
  return chooseImages(app, due.accountId, { ...chosen, only: { ...chosen.only, idle } });
}

// The clock goes on: what could not be made is tried again when the next one is due.
async function fail(app: Pick<App, 'store' | 'clock'>, { due, next }: { readonly due: ScanSetting; readonly next: number }, now: number): Promise<boolean> {
  await app.store.transaction(async () => {
    if (await app.store.scanSettings.claim(due, next)) await app.store.scanSettings.note(due, { at: now, result: 'failed' satisfies TimedScanResult });
  });
  return false;
}
