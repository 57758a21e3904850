import { countFindings } from '#app/count-findings.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { openFindings } from '../counters.ts';
import { readScope } from '../selection.ts';

const text = { kind: 'text', max: 512 } as const;
const dealt: Readonly<Record<string, { readonly open: boolean; readonly settled: boolean }>> = {
  Y: { open: false, settled: true },
  N: { open: true, settled: false },
  A: { open: true, settled: true },
};

/** How many malicious files there are in the images chosen; vulnerabilities and baselines are not looked for. */
export const describeImageSecurityScanCount = operation({
  action: 'DescribeImageSecurityScanCount',
  lasting: true,
  parameters: {
    ClusterId: text,
    Dealed: { kind: 'text', max: 8 },
    ImageDigest: text,
    ImageTag: text,
    ImageUuid: text,
    RepoId: text,
    RepoInstanceId: text,
    RepoRegionId: text,
    ScanRange: { kind: 'list', max: 10, item: { kind: 'text', max: 32 } },
    Uuids: { kind: 'list', max: 100, item: { kind: 'text', max: 128 } },
  },
  async run(call, input) {
    const wanted = Object.hasOwn(dealt, input.Dealed ?? 'A') ? dealt[input.Dealed ?? 'A'] : undefined;
    if (wanted === undefined) return refuse('InvalidDealed');
    const scope = readScope(input);
    if (scope === 'invalid') return refuse('InvalidScanRange');
    const uuids = chosenUuids(input);
    const nothing = { ImageBaselineCount: 0, ImageCveVulCount: 0, ImageScaVulCount: 0 };
    if (scope === 'none' || uuids?.length === 0) return { Data: { ...nothing, ImageMaliciousFileCount: 0 } };
    const counts = await countFindings(call.app, call.accountId, { ...scope, ...(uuids === undefined ? {} : { imageIds: uuids }) });
    return { Data: { ...nothing, ImageMaliciousFileCount: (wanted.open ? openFindings(counts) : 0) + (wanted.settled ? counts.settledFindings : 0) } };
  },
});

// Both choose images; where both are given, those that both name.
function chosenUuids({ ImageUuid, Uuids }: { readonly ImageUuid: string | undefined; readonly Uuids: readonly string[] | undefined }) {
  if (ImageUuid === undefined) return Uuids;
  return Uuids === undefined || Uuids.includes(ImageUuid) ? [ImageUuid] : [];
}
