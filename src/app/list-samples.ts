import type { AffectedImage, App, Listing, Sample } from './app.ts';

type SampleRequest = Omit<Parameters<App['store']['samples']['list']>[0], 'accountId'>;
type AffectedRequest = Omit<Parameters<App['store']['samples']['affected']>[0], 'accountId'>;

/** One page of the malicious contents of the account's images. */
export async function listSamples({ store }: App, accountId: string, request: SampleRequest): Promise<Listing<Sample>> {
  return store.samples.list({ accountId, ...request });
}

/** One page of findings, each with its image and the tag that names it. */
export async function listAffectedImages({ store }: App, accountId: string, request: AffectedRequest): Promise<Listing<AffectedImage>> {
  return store.samples.affected({ accountId, ...request });
}

/** Malware names among the account's samples. */
export async function listSampleNames(
  { store }: App,
  accountId: string,
  request: Omit<Parameters<App['store']['samples']['names']>[0], 'accountId'>,
): ReturnType<App['store']['samples']['names']> {
  return store.samples.names({ accountId, ...request });
}
