import type { AffectedImage, ImageRecord, ImageScanState, RepositoryImage, Sample, TaskPart } from '#app/app.ts';
import { scanStateOf } from '#app/app.ts';
import type { HandlingState } from '#domain/handling.ts';
import type { RegistryKind } from '#domain/registry.ts';
import type { ScanState } from '#domain/scan.ts';
import { type Severity, severities } from '#domain/severity.ts';
import type { Language } from '../../operation.ts';
import { bareDigest, instanceId, repoId, taskIdText } from '../ids.ts';
import type { AffectedMaliciousFileImage, GroupedMaliciousFile, ImageInstance, OnceTask, TaskImageInfo } from './types.ts';
import { type VirusType, virusTypeOf } from './virus-type.ts';

/** Level: the vendor has three steps for our five. */
export const levels: Record<Severity, 'serious' | 'suspicious' | 'remind'> = {
  critical: 'serious',
  high: 'serious',
  medium: 'suspicious',
  low: 'remind',
  notice: 'remind',
};

/** The severities that a list of levels with commas asks for; undefined for none, and for a level that there is not. */
export function severitiesOf(text: string | undefined): readonly Severity[] | 'unknown' | undefined {
  if (text === undefined) return undefined;
  const wanted = text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
  if (wanted.some((level) => !Object.values(levels).some((known) => known === level))) return 'unknown';
  return severities.filter((severity) => wanted.includes(levels[severity]));
}

/** Status of a sample: 0 unhandled, 1 handled, 2 verifying, 3 whitelisted. */
const statuses: Record<HandlingState, number> = { open: 0, fixed: 1, allowed: 3 };
const verifyingStatus = 2;

/** What a Status in a request selects. */
export const statusChoices: Readonly<Record<string, { readonly states: readonly HandlingState[]; readonly verifying?: boolean }>> = {
  '0': { states: ['open'], verifying: false },
  '1': { states: ['fixed'] },
  '2': { states: ['open'], verifying: true },
  '3': { states: ['allowed'] },
};

/** RegistryType of a registry; what belongs to none came from a pipeline or a command. */
export const registryTypes: Record<RegistryKind, string> = { docker: 'harbor', harbor: 'harbor', acr: 'acr', tcr: 'harbor', quay: 'quay' };
export const noRegistryType = 'CI/CD';

/** What a RegistryType in a request selects. */
export const registryKindsOf: Readonly<Record<string, readonly RegistryKind[]>> = { acr: ['acr'], harbor: ['harbor', 'docker', 'tcr'], quay: ['quay'] };

/** MaliciousKey and its name: what kind of malware it is, by name and tags. */
export function maliciousType({ name, severity, tags }: Pick<Sample, 'name' | 'severity' | 'tags'>): VirusType {
  return virusTypeOf({ name, severity, tags, detections: [] }, 'other');
}

export function maliciousKey(type: VirusType): string {
  return `${type.toUpperCase()}_IMG`;
}

const chineseNames: Record<VirusType, string> = {
  Trojan: '木马程序',
  WebShell: '网页后门',
  Backdoor: '后门程序',
  RansomWare: '勒索病毒',
  Scanner: '扫描器',
  Stealer: '窃密工具',
  Malbaseware: '被污染的基础软件',
  Hacktool: '黑客工具',
  Engtest: '引擎测试程序',
  Downloader: '下载者木马',
  Virus: '感染型病毒',
  Miner: '挖矿程序',
  Worm: '蠕虫病毒',
  DDoS: 'DDoS 木马',
  Malware: '恶意程序',
  RiskWare: '风险软件',
  Proxytool: '代理工具',
  Suspicious: '可疑程序',
  MalScript: '恶意脚本',
  Rootkit: 'Rootkit',
  Exploit: '漏洞利用程序',
};

export function maliciousTypeName(type: VirusType, language: Language): string {
  return language === 'zh' ? chineseNames[type] : type;
}

/** A sample as a row of the grouped list. */
export function groupedMaliciousFile(sample: Sample): GroupedMaliciousFile {
  return {
    Status: sample.verifying ? verifyingStatus : statuses[sample.state],
    ImageCount: sample.images,
    FirstScanTimestamp: sample.firstSeen,
    LatestScanTimestamp: sample.lastSeen,
    MaliciousName: sample.name,
    MaliciousMd5: sample.md5,
    MaliciousKey: maliciousKey(maliciousType(sample)),
    Level: levels[sample.severity],
  };
}

function isBeingScanned(image: ImageRecord): boolean {
  return image.scan?.state === 'queued' || image.scan?.state === 'running';
}

/** A finding as a row of the affected images. What concerns containers, hosts and snapshots is empty for an image. */
export function affectedMaliciousFileImage({ finding, image, place }: AffectedImage): AffectedMaliciousFileImage {
  return {
    Id: finding.id,
    ImageUuid: bareDigest(image.image.id),
    Digest: bareDigest(place?.digest ?? image.image.digest),
    Layer: bareDigest(finding.layer),
    Image: image.image.reference,
    Tag: place?.tag ?? image.repository.tag,
    RepoId: repoId(place?.repository.id ?? image.repository.id),
    RepoInstanceId: instanceId(place?.repository.registryId ?? image.repository.registryId),
    RepoName: place?.repository.name ?? image.repository.name,
    RepoRegionId: place?.registry?.region ?? '',
    Namespace: place?.repository.namespace ?? image.repository.namespace,
    FilePath: finding.path,
    MaliciousMd5: finding.md5,
    Level: levels[finding.verdict.severity],
    Status: finding.state === 'open' && isBeingScanned(image) ? verifyingStatus : statuses[finding.state],
    FirstScanTimestamp: finding.firstSeen,
    LatestScanTimestamp: finding.lastSeen,
    LatestVerifyTimestamp: finding.verifiedAt,
    DownloadUrl: '',
    HighLight: '',
    ClusterId: '',
    ClusterName: '',
    ContainerId: '',
    Pod: '',
    Uuid: '',
    InstanceName: '',
    InternetIp: '',
    IntranetIp: '',
    TargetId: '',
    TargetName: '',
    TargetType: '',
  };
}

/** ScaStatus of an image. */
const scaStatuses: Record<ImageScanState, string> = {
  never: '',
  queued: 'INIT',
  running: 'START_RUN',
  done: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
  timeout: 'TIMEOUT',
};

/** An image under a tag as a row of the inventory. */
export function imageInstance({ repository, registry, tag, digest, image }: RepositoryImage): ImageInstance {
  const { scan, visibleFindings } = image;
  const yes = visibleFindings > 0 ? 'YES' : 'NO';
  return {
    Uuid: bareDigest(image.image.id),
    InstanceId: instanceId(repository.registryId),
    ImageId: bareDigest(image.image.id),
    Digest: bareDigest(digest),
    Tag: tag,
    RepoId: repoId(repository.id),
    RepoName: repository.name,
    RepoNamespace: repository.namespace,
    RegionId: registry?.region ?? '',
    RegistryType: registry === undefined ? noRegistryType : registryTypes[registry.kind],
    RepoType: 'private',
    Endpoints: registry === undefined ? '' : JSON.stringify([registry.address]),
    ImageCreate: String(timeOf(image.image.created)),
    ImageUpdate: String(image.lastSeen),
    ImageSize: String(image.image.size),
    Deployed: 0,
    AlarmStatus: yes,
    VulStatus: 'NO',
    HcStatus: 'NO',
    RiskStatus: yes,
    AlarmCount: visibleFindings,
    VulCount: 0,
    HcCount: 0,
    LastScanTime: scan?.finishedAt ?? scan?.startedAt ?? 0,
    ScaStatus: scaStatuses[scanStateOf(image)],
    ScaProgress: scan?.progress ?? 0,
    ScaResult: scan === undefined ? 'TASK_NOT_EXISTS' : '',
    Status: 'NORMAL',
    SourceBizTag: '',
  };
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  return Number.isNaN(time) ? 0 : time;
}

/** Status of a part of a task, and of a task. */
export const taskStatuses: Record<ScanState, 'INIT' | 'START' | 'SUCCESS' | 'FAIL' | 'TIMEOUT'> = {
  queued: 'INIT',
  running: 'START',
  done: 'SUCCESS',
  failed: 'FAIL',
  cancelled: 'FAIL',
  timeout: 'TIMEOUT',
};

/** What the values of StatusList select. */
export const taskStatusChoices: Readonly<Record<string, readonly ScanState[]>> = {
  INIT: ['queued'],
  START: ['running'],
  SUCCESS: ['done'],
  FAIL: ['failed', 'cancelled'],
  TIMEOUT: ['timeout'],
};

/** An image of a task as a row. */
export function onceTask(part: TaskPart, place: RepositoryImage | undefined): Omit<OnceTask, 'Status' | 'FinishCount' | 'TotalCount'> {
  const { image, state } = part;
  const isOver = state !== 'queued' && state !== 'running';
  const ended = isOver ? (image?.scan?.finishedAt ?? 0) : 0;
  return {
    TaskId: taskIdText(part.taskId),
    TaskName: 'IMAGE_SCAN',
    TaskType: 'IMAGE_SCAN',
    Target: bareDigest(place?.digest ?? image?.image.digest ?? ''),
    TargetType: 'IMAGE',
    StatusText: taskStatuses[state],
    Progress: isOver ? 100 : state === 'running' ? (image?.scan?.progress ?? 0) : 0,
    Finish: isOver ? 1 : 0,
    ResultInfo: image?.scan?.error ?? '',
    StartTime: part.createdAt,
    RealRunTime: state === 'queued' ? 0 : (image?.scan?.startedAt ?? 0),
    EndTime: ended,
    TaskImageInfo: taskImageInfo(part, place),
  };
}

function taskImageInfo({ image }: TaskPart, place: RepositoryImage | undefined): TaskImageInfo {
  const instance = place === undefined ? undefined : imageInstance(place);
  const finished = image?.scan?.finishedAt;
  return {
    RegistryType: instance?.RegistryType ?? noRegistryType,
    RepoId: instance?.RepoId ?? '',
    RepoName: instance?.RepoName ?? '',
    RepoNamespace: instance?.RepoNamespace ?? '',
    RepoRegionId: instance?.RegionId ?? '',
    RegionId: instance?.RegionId ?? '',
    Tag: instance?.Tag ?? '',
    Digest: instance?.Digest ?? bareDigest(image?.image.digest ?? ''),
    Image: image?.image.reference ?? '',
    ClusterId: '',
    ClusterName: '',
    AppName: '',
    Pod: '',
    NodeName: '',
    NodeIp: '',
    NodeInstanceId: '',
    CostTimeInfo: finished === undefined ? '{}' : JSON.stringify({ binary: finished, script: finished, webshell: finished }),
  };
}
