import type {
  DescribeAssetImageRegistryListExportRequest,
  DescribeAssetImageRegistryListExportResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { filtersParameter } from '../../filters.ts';
import { byParameter, offsetParameter, orderParameter, readPage } from '../../page.ts';
import { exportFieldParameter, readColumns } from '../export-columns.ts';
import { exportLimitParameter, sheetTitles, startExport } from '../export-job.ts';
import { registryImageColumns } from '../registry-columns.ts';
import { readRepositoryFilter, repositoryOrders } from '../registry-selection.ts';

/** Exports a part of the list of images of registries. The link may be asked at once: it answers as soon as the file is written. */
export const describeAssetImageRegistryListExport = operation({
  action: 'DescribeAssetImageRegistryListExport',
  lasting: false,
  changes: true,
  parameters: {
    ExportField: exportFieldParameter,
    Limit: exportLimitParameter,
    Offset: offsetParameter,
    Filters: filtersParameter,
    By: byParameter,
    Order: orderParameter,
    OnlyShowLatest: { kind: 'boolean' },
  } as const satisfies ParametersFor<DescribeAssetImageRegistryListExportRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageRegistryListExportResponse> | Refusal> {
    const columns = readColumns(input.ExportField, registryImageColumns, call.language);
    if (isRefusal(columns)) return columns;
    const page = readPage(input, repositoryOrders, 'lastSeen');
    if (isRefusal(page)) return page;
    const filter = readRepositoryFilter(input.Filters);
    if (isRefusal(filter)) return filter;
    const { none, ...conditions } = filter;
    const latest = input.OnlyShowLatest === true ? { latest: true } : {};
    const query = none === true ? undefined : { ...conditions, ...latest, ...page };
    const request = { rows: 'repository images', title: sheetTitles.images[call.language], columns, query } as const;
    const { id, url } = await startExport(call, { source: 'registry', topic: 'registry-images', request });
    return { DownloadUrl: url, JobId: id };
  },
});
