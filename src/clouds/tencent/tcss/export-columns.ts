import type { ExportColumn, FindingField, ImageField, ImageScanState } from '#app/app.ts';
import type { EngineKind, Text } from '#domain/detection.ts';
import type { Severity } from '#domain/severity.ts';
import type { Language } from '../../operation.ts';
import type { Refusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import { refuse } from '../errors.ts';
import { fileTypes, noText, whatToDo } from './shapes.ts';

/** A column of an export under its name in ExportField. */
export interface ColumnForm<Field extends string> {
  readonly heading: Text;
  readonly field: Field;
  readonly words?: Readonly<Record<string, Text>>;
  readonly otherwise?: Text | number;
}

export type Forms<Field extends string> = Readonly<Record<string, ColumnForm<Field>>>;

const severityWords: Readonly<Record<Severity, Text>> = {
  critical: { en: 'Critical', zh: '严重' },
  high: { en: 'High', zh: '高危' },
  medium: { en: 'Medium', zh: '中危' },
  low: { en: 'Low', zh: '低危' },
  notice: { en: 'Notice', zh: '提示' },
};

const engineWords: Readonly<Record<EngineKind, Text>> = {
  reputation: { en: 'Hash list', zh: '云查杀引擎' },
  signature: { en: 'Signature', zh: '特征引擎' },
  similarity: { en: 'Similarity', zh: '相似性引擎' },
  behaviour: { en: 'Behaviour', zh: '异常行为' },
  intelligence: { en: 'Threat intelligence', zh: '威胁情报' },
};

export const scanWords: Readonly<Record<ImageScanState, Text>> = {
  never: { en: 'Not scanned', zh: '未扫描' },
  queued: { en: 'Scanning', zh: '扫描中' },
  running: { en: 'Scanning', zh: '扫描中' },
  done: { en: 'Scanned', zh: '已扫描' },
  failed: { en: 'Failed', zh: '扫描异常' },
  timeout: { en: 'Timed out', zh: '扫描超时' },
  cancelled: { en: 'Cancelled', zh: '已取消' },
};

export const yesNo: Readonly<Record<string, Text>> = { true: { en: 'Yes', zh: '是' }, false: { en: 'No', zh: '否' } };
export const noWord: Text = { en: 'No', zh: '否' };

const shared = {
  path: { heading: { en: 'Path', zh: '文件路径' }, field: 'path' },
  risk: { heading: { en: 'Risk level', zh: '威胁等级' }, field: 'severity', words: severityWords },
  virus: { heading: { en: 'Malware', zh: '病毒名' }, field: 'name' },
  tags: { heading: { en: 'Tags', zh: '标签' }, field: 'tags' },
  desc: { heading: { en: 'Description', zh: '危害描述' }, field: 'description', otherwise: noText.description },
  solution: { heading: { en: 'Solution', zh: '修复建议' }, field: 'advice', otherwise: noText.advice },
  size: { heading: { en: 'Size (bytes)', zh: '文件大小（字节）' }, field: 'size' },
  first: { heading: { en: 'First found', zh: '首次发现时间' }, field: 'firstSeen' },
  latest: { heading: { en: 'Last found', zh: '最近扫描时间' }, field: 'lastSeen' },
  md5: { heading: { en: 'MD5', zh: '文件MD5' }, field: 'md5' },
  file: { heading: { en: 'File', zh: '文件名' }, field: 'fileName' },
} as const satisfies Forms<FindingField>;

/** Columns of the viruses of a local image. */
export const virusColumns = {
  FileName: shared.file,
  Path: shared.path,
  VirusName: shared.virus,
  RiskLevel: shared.risk,
  Tags: shared.tags,
  Desc: shared.desc,
  Solution: shared.solution,
  Size: shared.size,
  FirstScanTime: shared.first,
  LatestScanTime: shared.latest,
  Md5: shared.md5,
  CheckPlatform: { heading: { en: 'Found by', zh: '检测引擎' }, field: 'engines', words: engineWords },
} as const satisfies Forms<FindingField>;

/** Columns of the viruses of a repository image. */
export const registryVirusColumns = {
  FileName: shared.file,
  Path: shared.path,
  VirusName: shared.virus,
  RiskLevel: shared.risk,
  Category: { heading: { en: 'Found by', zh: '检测类别' }, field: 'engines', words: engineWords },
  Tags: shared.tags,
  Desc: shared.desc,
  Solution: shared.solution,
  FileType: {
    heading: { en: 'File type', zh: '文件类型' },
    field: 'fileType',
    words: Object.fromEntries(Object.entries(fileTypes).map(([type, code]) => [type, { en: code, zh: code }])),
  },
  FileSize: shared.size,
  FirstScanTime: shared.first,
  LatestScanTime: shared.latest,
  FileMd5: shared.md5,
} as const satisfies Forms<FindingField>;

/** A count that is always 0, and a text that is always empty. */
export const zero = (en: string, zh: string): ColumnForm<'fixed'> => ({ heading: { en, zh }, field: 'fixed', otherwise: 0 });
export const empty = (en: string, zh: string): ColumnForm<'fixed'> => ({ heading: { en, zh }, field: 'fixed', otherwise: { en: '', zh: '' } });

const withoutAdvice: Readonly<Record<string, Text>> = Object.fromEntries(Object.keys(scanWords).map((state) => [state, { en: '', zh: '' }]));

/** How to get over a scan that did not succeed. */
export const solution: ColumnForm<'scanState'> = {
  heading: { en: 'Solution', zh: '解决方案' },
  field: 'scanState',
  words: { ...withoutAdvice, ...whatToDo },
};

/** Why it did not. */
export const reason: ColumnForm<'scanError'> = { heading: { en: 'Reason', zh: '原因' }, field: 'scanError' };

/** Columns of local images. What the lists of images always say alike (see docs/tencent.md) is the same here. */
export const imageColumns: Forms<ImageField> = {
  ImageName: { heading: { en: 'Image', zh: '镜像名称' }, field: 'reference' },
  ImageID: { heading: { en: 'Image ID', zh: '镜像ID' }, field: 'id' },
  ImageDigest: { heading: { en: 'Digest', zh: '镜像摘要' }, field: 'digest' },
  CreateTime: { heading: { en: 'Created', zh: '创建时间' }, field: 'created' },
  Size: { heading: { en: 'Size (bytes)', zh: '镜像大小（字节）' }, field: 'size' },
  OsName: { heading: { en: 'Operating system', zh: '操作系统' }, field: 'osName' },
  HostCnt: { heading: { en: 'Hosts', zh: '关联主机数' }, field: 'hosts' },
  SuperNodeCnt: zero('Super nodes', '关联超级节点数'),
  ContainerCnt: zero('Containers', '关联容器数'),
  ComponentCnt: zero('Components', '组件数'),
  ScanStatus: { heading: { en: 'Scan status', zh: '扫描状态' }, field: 'scanState', words: scanWords },
  ScanTime: { heading: { en: 'Scan time', zh: '最近扫描时间' }, field: 'scanTime' },
  VirusCnt: { heading: { en: 'Malicious files', zh: '木马病毒数' }, field: 'findings' },
  VulCnt: zero('Vulnerabilities', '安全漏洞数'),
  CriticalLevelVulCnt: zero('Critical vulnerabilities', '严重漏洞数'),
  HighLevelVulCnt: zero('High vulnerabilities', '高危漏洞数'),
  MediumLevelVulCnt: zero('Medium vulnerabilities', '中危漏洞数'),
  LowLevelVulCnt: zero('Low vulnerabilities', '低危漏洞数'),
  RiskCnt: zero('Sensitive data', '敏感信息数'),
  IsTrustImage: { heading: { en: 'Trusted', zh: '是否可信镜像' }, field: 'fixed', otherwise: noWord },
  IsSuggest: { heading: { en: 'Watched', zh: '是否重点关注镜像' }, field: 'fixed', otherwise: noWord },
  IsAuthorized: { heading: { en: 'Licensed', zh: '是否已授权' }, field: 'fixed', otherwise: { en: 'Yes', zh: '是' } },
  IsLatestImage: { heading: { en: 'Latest of its repository', zh: '是否最新镜像' }, field: 'latest', words: yesNo },
  RecommendedFix: { heading: { en: 'Fix recommended', zh: '是否建议修复' }, field: 'infected', words: yesNo },
  ScanVirusError: { heading: { en: 'Scan error', zh: '木马扫描错误' }, field: 'scanError' },
  ScanVulError: empty('Vulnerability scan error', '漏洞扫描错误'),
  ScanRiskError: empty('Sensitive data scan error', '敏感信息扫描错误'),
  AgentError: empty('Agent error', '客户端错误'),
  ScanError: { heading: { en: 'Server error', zh: '服务端错误' }, field: 'scanError' },
  Solution: solution,
  Reason: reason,
};

/** The `ExportField` parameter: names of columns. */
export const exportFieldParameter = { kind: 'list', max: 100, item: { kind: 'text', max: 64 } } as const;

/** The chosen columns in the order they were named, each once; without a choice all of them. A name that is none is refused. */
export function readColumns<Field extends string>(
  names: readonly string[] | undefined,
  forms: Forms<Field>,
  language: Language,
): readonly ExportColumn<Field>[] | Refusal<TencentCode> {
  const columns: ExportColumn<Field>[] = [];
  for (const name of new Set(names ?? Object.keys(forms))) {
    const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
    if (form === undefined) return unknownColumn(name, Object.keys(forms).join(', '));
    columns.push(inLanguage(form, language));
  }
  return columns;
}

function inLanguage<Field extends string>({ heading, field, words, otherwise }: ColumnForm<Field>, language: Language): ExportColumn<Field> {
  return {
    heading: heading[language],
    field,
    ...(words === undefined ? {} : { words: Object.fromEntries(Object.entries(words).map(([value, text]) => [value, text[language]])) }),
    ...(otherwise === undefined ? {} : { otherwise: typeof otherwise === 'number' ? otherwise : otherwise[language] }),
  };
}

function unknownColumn(name: string, known: string): Refusal<TencentCode> {
  const shown = name.slice(0, 64).toWellFormed();
  return refuse('InvalidParameterValue', {
    en: `The column \`${shown}\` in ExportField is not one of ${known}.`,
    zh: `ExportField 中的 \`${shown}\` 不是 ${known} 之一。`,
  });
}
