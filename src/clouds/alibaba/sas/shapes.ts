import type { AffectedImage, ImageRecord, Sample } from '#app/app.ts';
import type { HandlingState } from '#domain/handling.ts';
import { type Severity, severities } from '#domain/severity.ts';
import type { Language } from '../../operation.ts';
import { bareDigest, instanceId, repoId } from '../ids.ts';
import type { AffectedMaliciousFileImage, GroupedMaliciousFile } from './types.ts';
import { type VirusType, virusTypeOf } from './virus-type.ts';

/** Level: the vendor has three steps for our five. */
const levels: Record<Severity, 'serious' | 'suspicious' | 'remind'> = {
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
