import type { RepositoryImageField } from '#app/app.ts';
import { type ColumnForm, empty, type Forms, noWord, reason, scanWords, solution, yesNo, zero } from './export-columns.ts';
import { registryTypes, usualRegion } from './registry-types.ts';

const no = (en: string, zh: string): ColumnForm<'fixed'> => ({ heading: { en, zh }, field: 'fixed', otherwise: noWord });
const neverScanned = (en: string, zh: string): ColumnForm<'fixed'> => ({ heading: { en, zh }, field: 'fixed', otherwise: scanWords.never });
const same = (text: string) => ({ en: text, zh: text });

/** Columns of images of registries. What the list always says alike is the same here; besides, a scan's start and end are told apart. */
export const registryImageColumns: Forms<RepositoryImageField> = {
  Id: { heading: { en: 'Number', zh: '编号' }, field: 'placeId' },
  InstanceName: { heading: { en: 'Registry', zh: '实例名称' }, field: 'registryName' },
  InstanceId: { heading: { en: 'Registry ID', zh: '实例ID' }, field: 'registryId' },
  RegistryType: {
    heading: { en: 'Registry type', zh: '仓库类型' },
    field: 'registryKind',
    words: Object.fromEntries(Object.entries(registryTypes).map(([kind, type]) => [kind, same(type)])),
  },
  RegistryRegion: { heading: { en: 'Region', zh: '仓库区域' }, field: 'region', words: { '': same(usualRegion) } },
  Namespace: { heading: { en: 'Namespace', zh: '命名空间' }, field: 'namespace' },
  ImageName: { heading: { en: 'Repository', zh: '仓库名称' }, field: 'repository' },
  ImageTag: { heading: { en: 'Tag', zh: '镜像版本' }, field: 'tag' },
  ImageRepoAddress: { heading: { en: 'Address', zh: '镜像地址' }, field: 'address' },
  ImageDigest: { heading: { en: 'Digest', zh: '镜像摘要' }, field: 'manifest' },
  ImageId: { heading: { en: 'Image ID', zh: '镜像ID' }, field: 'id' },
  ImageSize: { heading: { en: 'Size (bytes)', zh: '镜像大小（字节）' }, field: 'size' },
  ImageCreateTime: { heading: { en: 'Created', zh: '创建时间' }, field: 'created' },
  OsName: { heading: { en: 'Operating system', zh: '操作系统' }, field: 'osName' },
  ScanStatus: { heading: { en: 'Scan status', zh: '扫描状态' }, field: 'scanState', words: scanWords },
  VirusStatus: { heading: { en: 'Malware scan', zh: '木马扫描状态' }, field: 'scanState', words: scanWords },
  CveStatus: neverScanned('Vulnerability scan', '漏洞扫描状态'),
  RiskStatus: neverScanned('Sensitive data scan', '敏感信息扫描状态'),
  Progress: { heading: { en: 'Progress (%)', zh: '总进度（%）' }, field: 'progress' },
  ScanVirusProgress: { heading: { en: 'Malware scan progress (%)', zh: '木马扫描进度（%）' }, field: 'progress' },
  ScanVulProgress: zero('Vulnerability scan progress (%)', '漏洞扫描进度（%）'),
  ScanRiskProgress: zero('Sensitive data scan progress (%)', '敏感信息扫描进度（%）'),
  ScanRemainTime: { heading: { en: 'Seconds left', zh: '剩余扫描时间（秒）' }, field: 'remainingSeconds' },
  ScanTime: { heading: { en: 'Scan time', zh: '最近扫描时间' }, field: 'scanTime' },
  ScanStartTime: { heading: { en: 'Scan began', zh: '扫描开始时间' }, field: 'scanStarted' },
  ScanEndTime: { heading: { en: 'Scan ended', zh: '扫描结束时间' }, field: 'scanFinished' },
  ScanVirusError: { heading: { en: 'Scan error', zh: '木马扫描错误' }, field: 'scanError' },
  ScanVulError: empty('Vulnerability scan error', '漏洞扫描错误'),
  ScanRiskError: empty('Sensitive data scan error', '敏感信息扫描错误'),
  VirusCnt: { heading: { en: 'Malicious files', zh: '木马病毒数' }, field: 'findings' },
  VulCnt: zero('Vulnerabilities', '安全漏洞数'),
  CriticalLevelVulCnt: zero('Critical vulnerabilities', '严重漏洞数'),
  HighLevelVulCnt: zero('High vulnerabilities', '高危漏洞数'),
  MediumLevelVulCnt: zero('Medium vulnerabilities', '中危漏洞数'),
  LowLevelVulCnt: zero('Low vulnerabilities', '低危漏洞数'),
  RiskCnt: zero('Risks', '风险行为数'),
  SentiveInfoCnt: zero('Sensitive data', '敏感信息数'),
  SensitiveInfoCnt: zero('Sensitive data', '敏感信息数'),
  ContainerCnt: zero('Containers', '关联容器数'),
  ComponentCnt: zero('Components', '组件数'),
  IsAuthorized: { heading: { en: 'Licensed', zh: '是否已授权' }, field: 'fixed', otherwise: { en: 'Yes', zh: '是' } },
  IsTrustImage: no('Trusted', '是否可信镜像'),
  IsRunning: no('Running', '是否运行中'),
  HasNeedFixVul: no('Has vulnerabilities to fix', '是否存在必修漏洞'),
  IsLatestImage: { heading: { en: 'Latest of its repository', zh: '是否最新镜像' }, field: 'latest', words: yesNo },
  RecommendedFix: { heading: { en: 'Fix recommended', zh: '是否建议修复' }, field: 'infected', words: yesNo },
  Solution: solution,
  Reason: reason,
};
