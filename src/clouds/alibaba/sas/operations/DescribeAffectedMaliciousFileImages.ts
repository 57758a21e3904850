import { listAffectedImages } from '#app/list-samples.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { pageInfo, readPage } from '../../page.ts';
import { readScope, sampleParameters } from '../selection.ts';
import { affectedMaliciousFileImage, severitiesOf, statusChoices } from '../shapes.ts';
import type { DescribeAffectedMaliciousFileImagesResponse } from '../types.ts';

const text = { kind: 'text', max: 512 } as const;

/** Where malicious samples were found: one row for each path of each image, newest first. */
export const describeAffectedMaliciousFileImages = operation({
  action: 'DescribeAffectedMaliciousFileImages',
  lasting: true,
  parameters: {
    ...sampleParameters,
    Status: { kind: 'text', max: 16 },
    Image: text,
    ClusterName: text,
    ContainerId: text,
    Namespace: text,
    Pod: text,
  },
  async run(call, input): Promise<DescribeAffectedMaliciousFileImagesResponse | Refusal> {
    const wanted = severitiesOf(input.Levels);
    if (wanted === 'unknown') return refuse('InvalidLevels');
    const status = input.Status === undefined ? {} : Object.hasOwn(statusChoices, input.Status) ? statusChoices[input.Status] : undefined;
    if (status === undefined) return refuse('InvalidStatus');
    const scope = readScope(input);
    if (scope === 'invalid') return refuse('InvalidScanRange');
    // Containers, their pods and clusters are not known.
    const ofContainer = [input.ClusterName, input.ContainerId, input.Namespace, input.Pod].some((value) => value !== undefined);
    const rows =
      scope === 'none' || ofContainer
        ? { total: 0, rows: [] }
        : await listAffectedImages(call.app, call.accountId, {
            ...readPage(input),
            ...status,
            ...(wanted === undefined ? {} : { severities: wanted }),
            ...(input.MaliciousMd5 === undefined ? {} : { md5s: [input.MaliciousMd5] }),
            scope: { ...scope, ...(input.Image === undefined ? {} : { references: { values: [input.Image], exact: true } }) },
            by: 'lastSeen',
            order: 'desc',
          });
    return { PageInfo: pageInfo(input, rows), AffectedMaliciousFileImagesResponse: rows.rows.map(affectedMaliciousFileImage) };
  },
});
