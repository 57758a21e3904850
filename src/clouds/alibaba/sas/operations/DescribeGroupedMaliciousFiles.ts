import { listSamples } from '#app/list-samples.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { pageInfo, readPage } from '../../page.ts';
import { part, readScope, sampleParameters } from '../selection.ts';
import { groupedMaliciousFile, severitiesOf } from '../shapes.ts';
import type { DescribeGroupedMaliciousFilesResponse } from '../types.ts';

/** Malicious samples over all images, each once, newest first, with the number of images that have it. */
export const describeGroupedMaliciousFiles = operation({
  action: 'DescribeGroupedMaliciousFiles',
  lasting: true,
  parameters: {
    ...sampleParameters,
    FuzzyMaliciousName: { kind: 'text', max: 512 },
  },
  async run(call, input): Promise<DescribeGroupedMaliciousFilesResponse | Refusal> {
    const wanted = severitiesOf(input.Levels);
    if (wanted === 'unknown') return refuse('InvalidLevels');
    const scope = readScope(input);
    if (scope === 'invalid') return refuse('InvalidScanRange');
    const nothing = { total: 0, rows: [] };
    const samples =
      scope === 'none'
        ? nothing
        : await listSamples(call.app, call.accountId, {
            ...readPage(input),
            ...(wanted === undefined ? {} : { severities: wanted }),
            ...(input.FuzzyMaliciousName === undefined ? {} : { names: part(input.FuzzyMaliciousName) }),
            ...(input.MaliciousMd5 === undefined ? {} : { md5s: [input.MaliciousMd5] }),
            scope,
            by: 'lastSeen',
            order: 'desc',
          });
    return { PageInfo: pageInfo(input, samples), GroupedMaliciousFileResponse: samples.rows.map(groupedMaliciousFile) };
  },
});
