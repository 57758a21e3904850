import type {
  DescribeAssetImageDetailRequest,
  DescribeAssetImageDetailResponse,
} from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { RepositoryImage } from '#app/app.ts';
import { scanStateOf } from '#app/app.ts';
import { describeLocalImage } from '#app/describe-image.ts';
import { listImagePlaces } from '#app/list-image-places.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import type { ParametersFor } from '../../../parameters.ts';
import { imageFacts, imageScanStatuses, scanAdvice, virusScanStatuses } from '../shapes.ts';

/** One image: what its manifest and config say, and how far its scan is. */
export const describeAssetImageDetail = operation({
  action: 'DescribeAssetImageDetail',
  lasting: true,
  parameters: { ImageID: { kind: 'text', required: true, max: 256 } } as const satisfies ParametersFor<DescribeAssetImageDetailRequest>,
  async run(call, input): Promise<AnswerFor<DescribeAssetImageDetailResponse>> {
    const record = await describeLocalImage(call.app, call.accountId, input.ImageID);
    const { image, scan } = record;
    const places = await listImagePlaces(call.app, call.accountId, { imageIds: [image.id] });
    const state = scanStateOf(record);
    return {
      ...imageFacts(call, record),
      ImageDigest: image.digest,
      HostCnt: record.hosts,
      ContainerCnt: 0,
      SuperNodeCnt: 0,
      VulCnt: 0,
      RiskCnt: 0,
      SensitiveInfoCnt: 0,
      IsTrustImage: false,
      OsName: record.osName,
      AgentError: '',
      ScanError: scan?.error ?? '',
      Architecture: image.platform.split('/')[1] ?? '',
      Author: image.author,
      BuildHistory: image.layers.map((layer) => layer.createdBy).join('\n'),
      ScanVirusProgress: Math.floor(scan?.progress ?? 0),
      ScanVulProgress: 0,
      ScanRiskProgress: 0,
      ScanVirusError: scan?.error ?? '',
      ScanVulError: '',
      ScanRiskError: '',
      ScanStatus: imageScanStatuses[state],
      VirusCnt: record.visibleFindings,
      Status: virusScanStatuses[state],
      RemainScanTime: Math.ceil(scan?.remainingSeconds ?? 0),
      IsAuthorized: 1,
      ...scanAdvice(call, record),
      RepoDigests: [...new Set([...named(repositoryOf(image.reference), image.digest), ...places.flatMap((place) => named(addressOf(place), place.digest))])],
    };
  },
});

function named(repository: string, digest: string): readonly string[] {
  return digest === '' ? [] : [`${repository}@${digest}`];
}

function addressOf({ registry, repository }: RepositoryImage): string {
  return [registry?.address ?? '', repository.namespace, repository.name].filter((part) => part !== '').join('/');
}

// A colon after the last slash starts the tag; one before it belongs to the registry's port.
function repositoryOf(reference: string): string {
  const name = reference.split('@')[0] ?? '';
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
