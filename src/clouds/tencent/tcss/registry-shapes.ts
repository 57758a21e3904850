import type { ImageProgress, ImageRepoInfo, ImageVirus } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { FindingRecord, RepositoryImage } from '#app/app.ts';
import { scanStateOf } from '#app/app.ts';
import type { ImageProgress as Progress } from '#app/describe-repository-scan.ts';
import { repositoryAddress } from '#app/find-repository-image.ts';
import type { ListedRepositoryImage } from '#app/repository-image-filter.ts';
import { baseName } from '#domain/path.ts';
import type { AnswerFor, Call } from '../../operation.ts';
import { zonedTime } from '../time.ts';
import { regionOf, registryTypeOf } from './registry-types.ts';
import { fileTypes, imageScanStatuses, platformsOf, riskLevels, scanAdvice, textOf } from './shapes.ts';

/** A finding as a row of the virus list of a repository image. */
export function imageVirus(call: Call, finding: FindingRecord): AnswerFor<ImageVirus> {
  const { detections, name, severity, tags } = finding.verdict;
  return {
    Path: finding.path,
    RiskLevel: String(riskLevels[severity]),
    Category: platformsOf(detections).join(','),
    VirusName: name,
    Tags: tags,
    Desc: textOf(detections, 'description', call.language),
    Solution: textOf(detections, 'advice', call.language),
    FileType: fileTypes[finding.fileType],
    FileName: baseName(finding.path),
    FileMd5: finding.md5,
    FileSize: finding.size,
    FirstScanTime: zonedTime(finding.firstSeen, call.zoneMinutes),
    LatestScanTime: zonedTime(finding.lastSeen, call.zoneMinutes),
  };
}

type PlaceFields = 'ImageId' | 'RegistryType' | 'ImageRepoAddress' | 'InstanceId' | 'InstanceName' | 'Namespace' | 'ImageName' | 'ImageTag';

/** Where an image of a registry is kept. */
function placeFields(place: RepositoryImage): Pick<AnswerFor<ImageRepoInfo>, PlaceFields> {
  const { registry, repository, image, tag } = place;
  return {
    ImageId: image.image.id,
    RegistryType: registry === undefined ? '' : registryTypeOf(registry),
    ImageRepoAddress: repositoryAddress(place),
    InstanceId: registry === undefined ? '' : String(registry.id),
    InstanceName: registry?.name ?? '',
    Namespace: repository.namespace,
    ImageName: repository.name,
    ImageTag: tag,
  };
}

/** An image's part of a scan. */
export function imageProgress({ place, state, progress }: Progress): AnswerFor<ImageProgress> {
  return { ...placeFields(place), ScanStatus: imageScanStatuses[state], CveProgress: 0, RiskProgress: 0, VirusProgress: progress };
}

type CommonFields = Exclude<
  keyof AnswerFor<ImageRepoInfo>,
  | 'IsTrustImage'
  | 'IsLatestImage'
  | `${'Low' | 'Medium' | 'High' | 'Critical'}LevelVulCnt`
  | 'ContainerCnt'
  | 'ComponentCnt'
  | 'IsRunning'
  | 'HasNeedFixVul'
  | 'RecommendedFix'
>;

/** What the list and the detail say alike. Only malicious files are looked for: the other two kinds of scan never began. */
export function repositoryImageFields(call: Call, place: RepositoryImage): Pick<AnswerFor<ImageRepoInfo>, CommonFields> {
  const { image, osName, scan, visibleFindings } = place.image;
  const state = scanStateOf(place.image);
  const progress = Math.floor(scan?.progress ?? 0);
  return {
    ...placeFields(place),
    ImageDigest: place.digest,
    ImageSize: image.size,
    ScanTime: zonedTime(scan?.finishedAt ?? scan?.startedAt, call.zoneMinutes),
    ScanStatus: imageScanStatuses[state],
    VulCnt: 0,
    VirusCnt: visibleFindings,
    RiskCnt: 0,
    // oxlint-disable-next-line typescript/no-deprecated -- misspelt and out of use, yet in every answer of the vendor
    SentiveInfoCnt: 0,
    OsName: osName,
    ScanVirusError: scan?.error ?? '',
    ScanVulError: '',
    ScanRiskError: '',
    ScanVirusProgress: progress,
    ScanVulProgress: 0,
    ScanRiskProgress: 0,
    ScanRemainTime: Math.ceil(scan?.remainingSeconds ?? 0),
    CveStatus: imageScanStatuses.never,
    RiskStatus: imageScanStatuses.never,
    VirusStatus: imageScanStatuses[state],
    Progress: progress,
    IsAuthorized: 1,
    RegistryRegion: regionOf(place.registry?.region ?? ''),
    Id: place.id,
    ImageCreateTime: zonedTime(timeOf(image.created), call.zoneMinutes),
    SensitiveInfoCnt: 0,
    ...scanAdvice(call, place.image),
  };
}

/** A repository image as a row of the list. */
export function imageRepoInfo(call: Call, { place, isLatest }: ListedRepositoryImage): AnswerFor<ImageRepoInfo> {
  return {
    ...repositoryImageFields(call, place),
    IsTrustImage: false,
    IsLatestImage: isLatest,
    LowLevelVulCnt: 0,
    MediumLevelVulCnt: 0,
    HighLevelVulCnt: 0,
    CriticalLevelVulCnt: 0,
    ContainerCnt: 0,
    ComponentCnt: 0,
    IsRunning: false,
    HasNeedFixVul: false,
    RecommendedFix: place.image.visibleFindings > 0,
  };
}

function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
