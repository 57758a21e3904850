import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { exportImages, imageExportParameters } from '../image-export.ts';

/** The same export as CreateImageExportJob under the name that only the international SDK has (it has no types), which tells the link alone. */
export const describeAssetImageListExport = operation({
  action: 'DescribeAssetImageListExport',
  lasting: false,
  changes: true,
  parameters: imageExportParameters,
  async run(call, input): Promise<{ readonly DownloadUrl: string } | Refusal> {
    const job = await exportImages(call, input);
    return isRefusal(job) ? job : { DownloadUrl: job.url };
  },
});
