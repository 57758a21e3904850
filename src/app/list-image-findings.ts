import type { Severity } from '#domain/severity.ts';
import type { App, FindingRecord, ImageScanState, Listing, Page, TextCondition } from './app.ts';
import { scanStateOf } from './app.ts';
import { describeImage, describeLocalImage } from './describe-image.ts';

/** How a list of findings is ordered. */
export type FindingOrder = Parameters<App['store']['images']['findings']>[0]['by'];

export interface FindingListRequest extends Page {
  readonly imageId: string;
  /** True: an image that is of a registry alone is not found. */
  readonly local?: boolean;
  readonly names?: TextCondition;
  readonly severities?: readonly Severity[];
  readonly by: FindingOrder;
  readonly order: 'asc' | 'desc';
}

export interface ImageFindings {
  readonly scanState: ImageScanState;
  readonly findings: Listing<FindingRecord>;
}

/**
 * One page of the malicious files that a container of the image would see, with the state of the image's latest scan. Findings of an earlier
 * scan stay in the list while a new scan runs.
 * @throws LazaretError 'not-found' when the account has no such image.
 */
export async function listImageFindings(app: App, accountId: string, request: FindingListRequest): Promise<ImageFindings> {
  const { local, ...query } = request;
  const image = await (local === true ? describeLocalImage : describeImage)(app, accountId, query.imageId);
  const findings = await app.store.images.findings({ accountId, hidden: false, ...query });
  return { scanState: scanStateOf(image), findings };
}
