import { listSampleNames } from '#app/list-samples.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { maliciousKey, maliciousType, maliciousTypeName, severitiesOf } from '../shapes.ts';
import type { DescribeMatchedMaliciousNamesResponse } from '../types.ts';

/** The kinds of malware that there are among the samples. */
export const describeMatchedMaliciousNames = operation({
  action: 'DescribeMatchedMaliciousNames',
  lasting: true,
  parameters: { Lang: { kind: 'text', max: 16 }, Levels: { kind: 'text', max: 128 } },
  async run(call, input): Promise<DescribeMatchedMaliciousNamesResponse | Refusal> {
    const wanted = severitiesOf(input.Levels);
    if (wanted === 'unknown') return refuse('InvalidLevels');
    const names = await listSampleNames(call.app, call.accountId, wanted === undefined ? {} : { severities: wanted });
    const types = [...new Set(names.map(({ name, tags }) => maliciousType({ name, tags, severity: 'high' })))].sort();
    return { Count: types.length, Data: types.map((type) => ({ Key: maliciousKey(type), DisplayName: maliciousTypeName(type, call.language) })) };
  },
});
