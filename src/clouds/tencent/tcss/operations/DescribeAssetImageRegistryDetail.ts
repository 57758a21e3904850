import type {
  DescribeAssetImageRegistryDetailRequest,
  DescribeAssetImageRegistryDetailResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeRepositoryImage } from '#app/describe-repository-image.ts';
import type { Layer } from '#domain/image.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { imageIdParameter } from '../registry-selection.ts';
import { repositoryImageFields } from '../registry-shapes.ts';

/** One image of a registry. */
export const describeAssetImageRegistryDetail = operation({
  action: 'DescribeAssetImageRegistryDetail',
  lasting: true,
  parameters: { Id: imageIdParameter, ImageId: { kind: 'text', max: 256 } } as const satisfies ParametersFor<DescribeAssetImageRegistryDetailRequest>,
  async run(call, { Id, ImageId }): Promise<AnswerFor<DescribeAssetImageRegistryDetailResponse> | Refusal> {
    if (Id === undefined && ImageId === undefined) {
      return refuse('InvalidParameter', { en: 'Id or ImageId must be given.', zh: 'Id、ImageId 必须指定一个。' });
    }
    const named = { ...(Id === undefined ? {} : { id: Id }), ...(ImageId === undefined ? {} : { imageId: ImageId }) };
    const place = await describeRepositoryImage(call.app, call.accountId, named);
    return { ...repositoryImageFields(call, place), LayerInfo: layerInfo(place.image.image.layers) };
  },
});

// As the vendor has it, but for the time of each build step, which is not kept.
function layerInfo(layers: readonly Layer[]): string {
  return layers.map(({ digest, createdBy }) => `#${digest}\n\n${createdBy}\n\n`).join('');
}
