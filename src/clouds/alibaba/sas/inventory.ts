import type { ImageScan, Registry, Repository } from '#app/app.ts';
import type { InventoryImage } from '#app/list-image-inventory.ts';
import type { ScanState } from '#domain/scan.ts';
import { bareDigest, instanceId, repoId } from '../ids.ts';

/** Answers say yes and no in words. */
function yesOrNo(value: boolean): 'YES' | 'NO' {
  return value ? 'YES' : 'NO';
}

/** ScaStatus of the latest scan. */
const scanStatuses: Record<ScanState, 'INIT' | 'PRE_ANALYZER' | 'SUCCESS' | 'FAIL' | 'TIMEOUT'> = {
  queued: 'INIT',
  running: 'PRE_ANALYZER',
  done: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
  timeout: 'TIMEOUT',
};

// Vulnerabilities and baselines are not looked for.
const notLookedFor = { VulStatus: 'NO', VulCount: 0 } as const;
const noBaselines = { HcStatus: 'NO', HcCount: 0 } as const;

/** Where a registry is reached, as the JSON that the vendor writes. */
function endpointsOf(registry: Registry | undefined): string {
  return JSON.stringify(registry === undefined ? [] : [{ type: 'internet', domains: [registry.address] }]);
}

/** What is told of an image in every list; times in milliseconds, the size in bytes. */
function imageFacts({ image: record, place }: InventoryImage) {
  const { image, visibleFindings } = record;
  const registry = place?.registry;
  const created = Date.parse(image.created);
  return {
    shown: {
      Uuid: bareDigest(image.id),
      InstanceId: instanceId(place?.repository.registryId ?? record.repository.registryId),
      ImageId: bareDigest(image.id),
      Digest: bareDigest(place?.digest ?? image.digest),
      Tag: place?.tag ?? record.repository.tag,
      RepoId: repoId(place?.repository.id ?? record.repository.id),
      RepoName: place?.repository.name ?? record.repository.name,
      RepoNamespace: place?.repository.namespace ?? record.repository.namespace,
      RegionId: registry?.region ?? '',
      RegistryType: registry?.kind ?? '',
      Endpoints: endpointsOf(registry),
      AlarmStatus: yesOrNo(visibleFindings > 0),
      AlarmCount: visibleFindings,
      ...notLookedFor,
      RiskStatus: yesOrNo(visibleFindings > 0),
      Status: 'NORMAL',
    },
    // Whoever needs no credentials to read a registry reads what is public.
    isPublic: registry?.username === '' && registry.secret === '',
    created: Number.isNaN(created) ? undefined : created,
    updated: place?.firstSeen ?? record.firstSeen,
    size: image.size,
  };
}

/** An image as a row of the inventory. */
export function imageInstance(row: InventoryImage) {
  const { shown, isPublic, created, updated, size } = imageFacts(row);
  const { scan, scannedAt } = row.image;
  return {
    ...shown,
    RepoType: isPublic ? 'public' : 'private',
    // Numbers are text here.
    ...(created === undefined ? {} : { ImageCreate: String(created) }),
    ImageUpdate: String(updated),
    ImageSize: String(size),
    Deployed: 0,
    ...noBaselines,
    ...(scannedAt === undefined ? {} : { LastScanTime: scannedAt }),
    ...scanFacts(scan),
  };
}

interface ScanFacts {
  readonly ScaStatus?: string;
  readonly ScaProgress?: number;
  readonly ScaResult: string;
}

function scanFacts(scan: ImageScan | undefined): ScanFacts {
  if (scan === undefined) return { ScaResult: 'TASK_NOT_EXISTS' };
  return { ScaStatus: scanStatuses[scan.state], ScaProgress: Math.floor(scan.progress), ScaResult: '' };
}

/** An image as it is told for its Uuid. */
export function imageInfo(row: InventoryImage) {
  const { shown, isPublic, created, updated, size } = imageFacts(row);
  return {
    ...shown,
    RepoType: isPublic ? 'PUBLIC' : 'PRIVATE',
    ...(created === undefined ? {} : { ImageCreate: created }),
    ImageUpdate: updated,
    ImageSize: size,
  };
}

/** A repository with what was found in its current images. */
export function imageRepoDetail(repository: Repository, registry: Registry | undefined) {
  const { openFindings, infectedImages } = repository;
  return {
    InstanceId: instanceId(repository.registryId),
    RepoId: repoId(repository.id),
    RepoName: repository.name,
    RepoNamespace: repository.namespace,
    RegionId: registry?.region ?? '',
    RegistryType: registry?.kind ?? '',
    Endpoints: endpointsOf(registry),
    ImageCount: repository.images,
    HasRiskImageCount: infectedImages,
    AlarmCount: openFindings,
    AlarmStatus: yesOrNo(openFindings > 0),
    RiskStatus: yesOrNo(infectedImages > 0),
    ...notLookedFor,
    ...noBaselines,
  };
}
