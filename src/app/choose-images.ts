import { LazaretError } from '#domain/error.ts';
import type { App, ImageRecord } from './app.ts';
import { scanStateOf } from './app.ts';
import { describeImage, describeLocalImage } from './describe-image.ts';
import type { ImageFilter } from './image-filter.ts';

/**
 * Which images an action is for: those named (with `local`, only if they are not of a registry alone), or those that a filter selects without
 * some. An empty filter selects every image.
 */
export type ImageChoice = { readonly ids: readonly string[]; readonly local?: boolean } | SelectedImages;

export interface SelectedImages {
  readonly filter: ImageFilter;
  readonly except: readonly string[];
  readonly only?: ImageTraits;
}

/** What chosen images must have besides; each that is set must hold. */
export interface ImageTraits {
  /** One of these, however many. Those that do not exist count for nothing. */
  readonly ids?: readonly string[];
  /** Not known to be clean by a scan of the last week, and not being scanned now. */
  readonly recommended?: boolean;
  /** Seen on one of these hosts. */
  readonly hostIds?: readonly string[];
  /** With a running container. No container is known, so that no image has one. */
  readonly running?: boolean;
  /** Not being scanned. */
  readonly idle?: boolean;
}

const pageSize = 500;
/** Images of one action. */
export const mostChosen = 100_000;
/** A scan of this age says little about today's rules. */
const freshMs = 7 * 24 * 3600 * 1000;

/**
 * The ids of the chosen images, each once.
 * @throws LazaretError 'not-found' when a named image does not exist, 'limit' when more than 100,000 images are chosen.
 */
export async function chooseImages(app: Pick<App, 'store' | 'clock'>, accountId: string, choice: ImageChoice): Promise<readonly string[]> {
  if ('filter' in choice) return selectImages(app, accountId, choice);
  const ids = new Set(choice.ids);
  for (const id of ids) await (choice.local === true ? describeLocalImage : describeImage)(app, accountId, id);
  return [...ids];
}

async function selectImages(app: Pick<App, 'store' | 'clock'>, accountId: string, choice: SelectedImages): Promise<readonly string[]> {
  const { none, ...conditions } = choice.filter;
  const traits = choice.only ?? {};
  if (none === true || traits.running === true) return [];
  const except = new Set(choice.except);
  const named = traits.ids === undefined ? undefined : new Set(traits.ids);
  const onHosts = traits.hostIds === undefined ? undefined : await imagesOnHosts(app, accountId, traits.hostIds);
  const now = app.clock();
  const isChosen = (record: ImageRecord): boolean =>
    !except.has(record.image.id) &&
    (named === undefined || named.has(record.image.id)) &&
    (traits.recommended !== true || isRecommended(record, now)) &&
    (traits.idle !== true || !isBusy(record)) &&
    (onHosts === undefined || onHosts.has(record.image.id));
  const ids = new Set<string>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await app.store.images.list({ accountId, ...conditions, offset, limit: pageSize, by: 'created', order: 'asc' });
    if (page.total > mostChosen) throw new LazaretError('limit', `${page.total} images are chosen, at most ${mostChosen} are allowed`);
    for (const record of page.rows) if (isChosen(record)) ids.add(record.image.id);
    if (page.rows.length < pageSize) return [...ids];
  }
}

async function imagesOnHosts(app: Pick<App, 'store'>, accountId: string, hostIds: readonly string[]): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let offset = 0; ; offset += pageSize) {
    const page = await app.store.images.hosts({ accountId, hostIds, offset, limit: pageSize });
    for (const { imageId } of page.rows) ids.add(imageId);
    if (page.rows.length < pageSize) return ids;
  }
}

/** Whether the image waits for a scan or is being scanned. */
export function isBusy(record: ImageRecord): boolean {
  const state = scanStateOf(record);
  return state === 'queued' || state === 'running';
}

/** See `ImageTraits.recommended`. */
export function isRecommended(record: ImageRecord, now: number): boolean {
  if (isBusy(record)) return false;
  return record.scan?.state !== 'done' || record.visibleFindings > 0 || now - (record.scan.finishedAt ?? 0) > freshMs;
}
