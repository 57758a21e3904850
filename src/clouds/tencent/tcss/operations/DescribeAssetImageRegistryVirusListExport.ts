import type {
  DescribeAssetImageRegistryVirusListExportRequest,
  DescribeAssetImageRegistryVirusListExportResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { findRepositoryImage } from '#app/find-repository-image.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { InputOf, ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { filtersParameter } from '../../filters.ts';
import { offsetParameter } from '../../page.ts';
import { exportFieldParameter, readColumns, registryVirusColumns } from '../export-columns.ts';
import { exportLimitParameter, sheetTitles, startExport, virusTopic } from '../export-job.ts';
import { readVirusFilter } from '../virus-selection.ts';

const name = { kind: 'text', max: 256 } as const;
const neededName = { ...name, required: true } as const;

const parameters = {
  ExportField: exportFieldParameter,
  Limit: exportLimitParameter,
  Offset: offsetParameter,
  Filters: filtersParameter,
  ImageInfo: {
    kind: 'object',
    fields: {
      // Marked as required, yet empty where there is none.
      InstanceName: name,
      Namespace: name,
      Force: name,
      ImageName: neededName,
      ImageTag: neededName,
      ImageDigest: name,
      RegistryType: name,
      ImageRepoAddress: name,
      InstanceId: name,
    },
  },
  Id: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER },
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
    const named = nameOf(input);
    if (isRefusal(named)) return named;
    const { image } = await findRepositoryImage(call.app, call.accountId, named);
    const imageId = image.image.id;
    const query = { imageId, hidden: false, ...filter, offset: input.Offset ?? 0, limit: input.Limit ?? 10, by: 'lastSeen', order: 'desc' } as const;
    const request = { rows: 'findings', title: sheetTitles.viruses[call.language], columns, query } as const;
    const { id, url } = await startExport(call, { source: 'registry', topic: virusTopic(imageId), request });
    return { DownloadUrl: url, JobId: id };
  },
});

function nameOf({ Id, ImageInfo }: InputOf<typeof parameters>): Parameters<typeof findRepositoryImage>[2] | Refusal {
  if (Id !== undefined) return { id: Id };
  if (ImageInfo === undefined) return refuse('InvalidParameter', { en: 'Id or ImageInfo must be given.', zh: 'Id、ImageInfo 必须指定一个。' });
  const { InstanceName: registry = '', Namespace: namespace = '', ImageName, ImageTag: tag, ImageDigest: digest } = ImageInfo;
  return { registry, namespace, name: ImageName, tag, ...(digest === undefined ? {} : { digest }) };
}
