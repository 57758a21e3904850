import { listSampleNames } from '#app/list-samples.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { maliciousKey, maliciousType, maliciousTypeName, severitiesOf } from '../shapes.ts';
import type { DescribeMatchedMaliciousNamesResponse } from '../types.ts';
import type { VirusType } from '../virus-type.ts';

/** The kinds of malware that there are among the samples. */
export const describeMatchedMaliciousNames = operation({
  action: 'DescribeMatchedMaliciousNames',
  lasting: true,
  parameters: { Lang: { kind: 'text', max: 16 }, Levels: { kind: 'text', max: 128 } },
  async run(call, input): Promise<DescribeMatchedMaliciousNamesResponse | Refusal> {
    const wanted = severitiesOf(input.Levels);
    if (wanted === 'unknown') return refuse('InvalidLevels');
    const names = await listSampleNames(call.app, call.accountId, wanted === undefined ? {} : { severities: wanted });
    const types = typesOf(names);
    return { Count: types.length, Data: types.map((type) => ({ Key: maliciousKey(type), DisplayName: maliciousTypeName(type, call.language) })) };
  },
});

type Names = Awaited<ReturnType<typeof listSampleNames>>;
const known = new WeakMap<Names, readonly VirusType[]>();

// The list of names stays the same array for as long as nothing changes, and may be long.
function typesOf(names: Names): readonly VirusType[] {
  const types = known.get(names) ?? [...new Set(names.map(({ name, tags }) => maliciousType({ name, tags, severity: 'high' })))].sort();
  known.set(names, types);
  return types;
}
