import type { AssetSimpleImageInfo, ImagesInfo, ImageVirusInfo } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import type { FindingRecord, ImageRecord, ImageScanState, TaskRecord } from '#app/app.ts';
import { scanStateOf } from '#app/app.ts';
import type { Detection, EngineKind, Text } from '#domain/detection.ts';
import { engineKinds } from '#domain/detection.ts';
import { detectionText } from '#domain/detection-text.ts';
import type { FileType } from '#domain/file-entry.ts';
import { baseName } from '#domain/path.ts';
import type { ScanState } from '#domain/scan.ts';
import type { Severity } from '#domain/severity.ts';
import type { AnswerFor, Call, Language } from '../../operation.ts';
import { bareTime, bareTimeOf } from '../time.ts';

/** RiskLevel of image viruses. The vendor does not say which end is the worse; 4 is, as in its host product and its own sample. */
export const riskLevels: Record<Severity, number> = { critical: 4, high: 3, medium: 2, low: 1, notice: 0 };

/** CheckPlatform: which kinds of engine found it. */
const checkPlatforms: Record<EngineKind, string> = { reputation: '1', signature: '2', similarity: '3', behaviour: '4', intelligence: '5' };

/** FileType of viruses of repository images. */
export const fileTypes: Readonly<Record<FileType, string>> = {
  elf: 'ELF',
  pe: 'PE',
  macho: 'MACHO',
  script: 'SCRIPT',
  document: 'DOCUMENT',
  archive: 'ARCHIVE',
  class: 'CLASS',
  image: 'IMAGE',
  text: 'TEXT',
  empty: 'EMPTY',
  other: 'UNKNOWN',
};

/** VirusScanStatus. A timeout is a scan error to this field. */
export const virusScanStatuses: Record<ImageScanState, number> = { never: 0, queued: 1, running: 1, done: 2, failed: 3, timeout: 3, cancelled: 4 };

/** ScanStatus of an image. */
export const imageScanStatuses: Record<ImageScanState, string> = {
  never: 'NOT_SCAN',
  queued: 'SCANNING',
  running: 'SCANNING',
  done: 'SCANNED',
  failed: 'SCAN_ERR',
  timeout: 'SCAN_TIMEOUT',
  cancelled: 'CANCELED',
};

/** What the values of a ScanStatus filter select. */
export const scanStatusFilters: Readonly<Record<string, readonly ImageScanState[]>> = {
  notScan: ['never'],
  scanning: ['queued', 'running'],
  scanned: ['done'],
  scanErr: ['failed', 'timeout'],
  scanTimeout: ['timeout'],
  canceled: ['cancelled'],
};

/** What the values of a RiskLevel filter select. */
export const riskLevelFilters: Readonly<Record<string, readonly Severity[]>> = {
  '4': ['critical'],
  '3': ['high'],
  '2': ['medium'],
  '1': ['low'],
  '0': ['notice'],
};

/** Status of a scan task. */
export const taskStatuses: Record<ScanState, 'READY' | 'SCANNING' | 'END'> = {
  queued: 'READY',
  running: 'SCANNING',
  done: 'END',
  failed: 'END',
  cancelled: 'END',
  timeout: 'END',
};

/** How a scan task ended; '' while it has not. */
export const taskSubStatuses: Record<ScanState, '' | 'Success' | 'Timeout' | 'Cancel' | 'Error'> = {
  queued: '',
  running: '',
  done: 'Success',
  failed: 'Error',
  cancelled: 'Cancel',
  timeout: 'Timeout',
};

/** A finding as a row of an image's virus list. */
export function imageVirusInfo(call: Call, finding: FindingRecord): AnswerFor<ImageVirusInfo> {
  const { detections } = finding.verdict;
  return {
    Path: finding.path,
    RiskLevel: riskLevels[finding.verdict.severity],
    VirusName: finding.verdict.name,
    Tags: finding.verdict.tags,
    Desc: textOf(detections, 'description', call.language),
    Solution: textOf(detections, 'advice', call.language),
    Size: finding.size,
    FirstScanTime: bareTime(finding.firstSeen, call.zoneMinutes),
    LatestScanTime: bareTime(finding.lastSeen, call.zoneMinutes),
    Md5: finding.md5,
    FileName: baseName(finding.path),
    CheckPlatform: platformsOf(detections),
  };
}

/** CheckPlatform of a finding. */
export function platformsOf(detections: readonly Detection[]): readonly string[] {
  return engineKinds.filter((kind) => detections.some((detection) => detection.kind === kind)).map((kind) => checkPlatforms[kind]);
}

/** An image as a row of the image list; `latest` holds the ids of those that are the newest of their repository. Counts of containers, vulnerabilities, components and sensitive data are not known. */
export function imagesInfo(call: Call, record: ImageRecord, latest: ReadonlySet<string>): AnswerFor<ImagesInfo> {
  return {
    ...imageFacts(call, record),
    VirusCnt: record.visibleFindings,
    HostCnt: record.hosts,
    SuperNodeCnt: 0,
    ContainerCnt: 0,
    VulCnt: 0,
    RiskCnt: 0,
    IsTrustImage: false,
    OsName: record.osName,
    AgentError: '',
    ScanError: record.scan?.error ?? '',
    ScanStatus: imageScanStatuses[scanStateOf(record)],
    ScanVirusError: record.scan?.error ?? '',
    ScanVulError: '',
    ScanRiskError: '',
    IsSuggest: 0,
    IsAuthorized: 1,
    ComponentCnt: 0,
    CriticalLevelVulCnt: 0,
    HighLevelVulCnt: 0,
    MediumLevelVulCnt: 0,
    LowLevelVulCnt: 0,
    IsLatestImage: latest.has(record.image.id),
    RecommendedFix: record.visibleFindings > 0,
    ...scanAdvice(call, record),
  };
}

/** Reason: why the latest scan did not succeed; Solution: how to get over it. */
export function scanAdvice({ language }: Call, record: ImageRecord): { readonly Solution: string; readonly Reason: string } {
  const state = scanStateOf(record);
  return { Solution: whatToDo[state]?.[language] ?? '', Reason: whatToDo[state] === undefined ? '' : (record.scan?.error ?? '') };
}

/** Solution, by how the latest scan ended. */
export const whatToDo: Partial<Readonly<Record<ImageScanState, Text>>> = {
  failed: {
    en: 'Check that the image is still where it was, and that the archive can be read or the registry be reached with its credentials; then scan the image again.',
    zh: '请检查镜像是否仍在原位置、镜像文件是否可读或镜像仓库的网络与凭据是否可用，然后重新扫描。',
  },
  timeout: { en: 'Scan the image again and give the task more time.', zh: '请延长任务超时时间后重新扫描。' },
};

/** An image as a row of the short list. */
export function assetSimpleImageInfo(call: Call, record: ImageRecord): AnswerFor<AssetSimpleImageInfo> {
  const { ImageID, ImageName, ScanTime, Size } = imageFacts(call, record);
  return { ImageID, ImageName, ContainerCnt: 0, ScanTime, Size };
}

/** What every form of an image says. */
export function imageFacts(call: Call, record: ImageRecord): Pick<AnswerFor<ImagesInfo>, 'ImageID' | 'ImageName' | 'CreateTime' | 'Size' | 'ScanTime'> {
  return {
    ImageID: record.image.id,
    ImageName: record.image.reference,
    CreateTime: bareTimeOf(record.image.created, call.zoneMinutes),
    Size: record.image.size,
    ScanTime: bareTime(record.scan?.finishedAt ?? record.scan?.startedAt, call.zoneMinutes),
  };
}

/** Progress of a task in whole percent, 100 only once it has ended. */
export function schedule(task: TaskRecord): number {
  if (task.finishedAt !== undefined) return 100;
  return Math.max(0, Math.min(99, Math.floor(task.progress)));
}

/** Texts that hold for every finding. */
export const noText: Record<'description' | 'advice', Text> = {
  description: {
    en: 'A file in this image matches what is known of malicious files. A container started from the image may run it.',
    zh: '镜像中存在与已知恶意文件特征相符的文件，由该镜像启动的容器可能会运行该文件。',
  },
  advice: {
    en: 'Do not start containers from this image. Find out how the file came into it, rebuild the image without the file, and check running containers of the image.',
    zh: '请勿使用该镜像启动容器。请查明该文件的来源，移除该文件并重新构建镜像，同时检查该镜像的运行中容器。',
  },
};

/** What the rules' authors wrote; else a text that holds for every finding. */
export function textOf(detections: readonly Detection[], part: 'description' | 'advice', language: Language): string {
  return detectionText(detections, part, language) || noText[part][language];
}
