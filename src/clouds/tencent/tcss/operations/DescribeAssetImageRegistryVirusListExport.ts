import type {
  DescribeAssetImageRegistryVirusListExportRequest,
  DescribeAssetImageRegistryVirusListExportResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { findRepositoryImage } from '#app/find-repository-image.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { offsetParameter } from '../../page.ts';
import { exportFieldParameter, readColumns, registryVirusColumns } from '../export-columns.ts';
import { exportLimitParameter, sheetTitles, startExport, virusTopic } from '../export-job.ts';
import { imageIdParameter, imageInfoParameter, readImageName } from '../registry-selection.ts';
import { readVirusFilter } from '../virus-selection.ts';

const parameters = {
  ExportField: exportFieldParameter,
  Limit: exportLimitParameter,
  Offset: offsetParameter,
  Filters: filtersParameter,
  ImageInfo: imageInfoParameter,
  Id: imageIdParameter,
} as const satisfies ParametersFor<DescribeAssetImageRegistryVirusListExportRequest>;

/** Exports a part of the virus list of a repository image, latest first. The link may be asked at once: it answers as soon as the file is written. */
export const describeAssetImageRegistryVirusListExport = operation({
  action: 'DescribeAssetImageRegistryVirusListExport',
  lasting: false,
  changes: true,
  parameters,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryVirusListExportResponse> | Refusal> {
    const columns = readColumns(input.ExportField, registryVirusColumns, call.language);
    if (isRefusal(columns)) return columns;
    const filter = readVirusFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const named = readImageName(input);
    if (isRefusal(named)) return named;
    const { image } = await findRepositoryImage(call.app, call.accountId, named);
    const imageId = image.image.id;
    const query = { imageId, hidden: false, ...filter, offset: input.Offset ?? 0, limit: input.Limit ?? 10, by: 'lastSeen', order: 'desc' } as const;
    const request = { rows: 'findings', title: sheetTitles.viruses[call.language], columns, query } as const;
    const { id, url } = await startExport(call, { source: 'registry', topic: virusTopic(imageId), request });
    return { DownloadUrl: url, JobId: id };
  },
});
