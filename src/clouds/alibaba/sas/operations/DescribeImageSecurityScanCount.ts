import { countAffected } from '#app/count-findings.ts';
import { type HandlingState, handlingStates } from '#domain/handling.ts';
import type { Severity } from '#domain/severity.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { readScope } from '../selection.ts';

const text = { kind: 'text', max: 512 } as const;
const dealt: Readonly<Record<string, readonly HandlingState[]>> = { Y: ['fixed', 'allowed'], N: ['open'], A: handlingStates };

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
    const states = Object.hasOwn(dealt, input.Dealed ?? 'A') ? dealt[input.Dealed ?? 'A'] : undefined;
    if (states === undefined) return refuse('InvalidDealed');
    const scope = readScope(input);
    if (scope === 'invalid') return refuse('InvalidScanRange');
    const uuids = chosenUuids(input);
    const isNone = scope === 'none' || uuids?.length === 0;
    const counts: Readonly<Partial<Record<Severity, number>>> = isNone
      ? {}
      : await countAffected(call.app, call.accountId, { states, scope: { ...scope, ...(uuids === undefined ? {} : { imageIds: uuids }) } });
    const count = Object.values(counts).reduce((sum, each) => sum + each, 0);
    return { Data: { ImageBaselineCount: 0, ImageCveVulCount: 0, ImageScaVulCount: 0, ImageMaliciousFileCount: count } };
  },
});

// Both choose images; where both are given, those that both name.
function chosenUuids({ ImageUuid, Uuids }: { readonly ImageUuid: string | undefined; readonly Uuids: readonly string[] | undefined }) {
  if (ImageUuid === undefined) return Uuids;
  return Uuids === undefined || Uuids.includes(ImageUuid) ? [ImageUuid] : [];
}
