import type { DetectionFailure, FileDetection, JudgedFile, JudgedMember } from '#app/find-file-detections.ts';
import { algorithmOf } from '#app/upload-folder.ts';
import type { Text } from '#domain/detection.ts';
import type { FileType } from '#domain/file-entry.ts';
import type { Severity } from '#domain/severity.ts';
import type { Language } from '../../operation.ts';
import { type VirusType, virusTypeOf } from './virus-type.ts';

/** What is told of a file or of a member of an archive. `Result`: 0 safe, 1 suspicious, 3 not known yet. `Ext` is JSON. */
export interface FileResult {
  readonly HashKey: string;
  readonly Result: 0 | 1 | 3;
  readonly Score: number;
  /** Left out when `Result` is not 1. */
  readonly VirusType?: VirusType;
  readonly Ext?: string;
}

export interface FileResultRow extends FileResult {
  readonly Code: string;
  readonly Message: string;
  readonly Compress?: boolean;
}

export interface MemberResultRow extends FileResult {
  readonly Path: string;
}

/** The code of entries and calls about a hash of which nothing is known; clients upload the file when they read it. */
const unknownFile = 'GetResultFail';
export const unknownFileText: Text = {
  en: 'The file was not submitted for detection, or its result is not kept any more.',
  zh: '该文件未提交检测，或检测结果已过期。',
};

/** One entry of an answer about several hashes. */
export function resultRow(hashKey: string, detection: FileDetection | undefined, language: Language): FileResultRow {
  const undecided = { HashKey: hashKey, Result: 3, Score: 0 } as const;
  if (detection === undefined) return { ...undecided, Code: unknownFile, Message: unknownFileText[language] };
  const { failure, result } = detection;
  // Whoever looks at Result alone must not take a file for safe that nobody could judge.
  if (failure !== undefined) return { ...undecided, Code: failureCodes[failure.kind], Message: `${failureTexts[failure.kind][language]} ${failure.message}` };
  if (result === undefined) return { ...undecided, Code: '200', Message: 'successful' };
  const whole = { Code: '200', Message: 'successful', Compress: result.fileType === 'archive' };
  if (result.verdict !== undefined || result.skipped.length === 0) return { ...whole, ...judged(hashKey, result) };
  return { ...undecided, ...whole, Code: 'DetectIncomplete', Message: `${incompleteText[language]} ${result.skipped.join('; ')}`, Ext: extOf(result) };
}

/** One member of an archive; its hash is of the kind that the archive was announced with. */
export function memberRow(member: JudgedMember, hashKey: string): MemberResultRow {
  const row = { Path: member.path, HashKey: member[algorithmOf(hashKey)] };
  return member.verdict === undefined && member.skipped.length > 0
    ? { ...row, Result: 3, Score: 0, Ext: extOf(member) }
    : { ...row, ...judged(row.HashKey, member) };
}

/** Points by how bad the worst detection is. The bands: up to 60 safe, to 70 a risk, to 80 suspicious, above malicious. */
export const scores = { critical: 95, high: 85, medium: 75, low: 65, notice: 50 } as const satisfies Record<Severity, number>;
const safeUpTo = 60;

function judged(hashKey: string, file: JudgedFile): FileResult {
  const { verdict } = file;
  const score = verdict === undefined ? 0 : scores[verdict.severity];
  const ext = { HashKey: hashKey, Score: score, Ext: extOf(file) };
  return verdict === undefined || score <= safeUpTo ? { ...ext, Result: 0 } : { ...ext, Result: 1, VirusType: virusTypeOf(verdict, file.fileType) };
}

const failureCodes = {
  'missing-file': 'FileNotExist',
  download: 'DownloadFail',
  'too-large': 'FileSizeExceeded',
  'wrong-hash': 'HashMismatch',
  internal: 'DetectFail',
} as const satisfies Record<DetectionFailure, string>;

const failureTexts: Readonly<Record<DetectionFailure, Text>> = {
  'missing-file': { en: 'The uploaded file does not exist any more.', zh: '已上传的文件不存在。' },
  download: { en: 'The file could not be downloaded.', zh: '文件下载失败。' },
  'too-large': { en: 'The file is too large.', zh: '文件大小超过限制。' },
  'wrong-hash': { en: 'The file does not have the hash given as HashKey.', zh: '文件内容与 HashKey 不一致。' },
  internal: { en: 'The file could not be judged.', zh: '文件检测失败。' },
};

const incompleteText: Text = { en: 'The file was not looked at completely.', zh: '文件未被完整检测。' };

function extOf(file: JudgedFile): string {
  return JSON.stringify({ HighLight: file.places, FileLabel: labelsOf(file) });
}

/** What kind of file it is, in the words of file detection. */
export function labelsOf({ format, fileType }: Pick<JudgedFile, 'format' | 'fileType'>): readonly string[] {
  const label = Object.hasOwn(formatLabels, format) ? formatLabels[format] : undefined;
  return [label ?? typeLabels[fileType]];
}

const formatLabels: Readonly<Record<string, string>> = {
  zip: 'Zip',
  gzip: 'GZip',
  zstd: 'Zstd',
  xz: 'XZ',
  bzip2: 'BZip2',
  rar: 'RAR',
  '7z': '7Zip',
  tar: 'Tar',
  deb: 'DEB',
  ar: 'Ar',
  pdf: 'PDF',
  ole: 'OLE',
  rtf: 'RTF',
  png: 'PNG',
  jpeg: 'JPEG',
  gif: 'GIF',
  elf32: 'ELF32',
  elf64: 'ELF64',
  pe32: 'PE32',
  'pe32+': 'PE64',
  mz: 'MZ',
  php: 'PHP',
  jsp: 'JSP',
  asp: 'ASP',
  sh: 'Shell',
  bash: 'Shell',
  dash: 'Shell',
  ksh: 'Shell',
  zsh: 'Shell',
  python: 'Python',
  perl: 'Perl',
  ruby: 'Ruby',
  node: 'JavaScript',
};

const typeLabels = {
  elf: 'ELF',
  pe: 'PE',
  macho: 'MachO',
  script: 'Script',
  document: 'Document',
  archive: 'Archive',
  class: 'JavaClass',
  image: 'Image',
  text: 'Text',
  empty: 'Empty',
  other: 'Unknown',
} as const satisfies Record<FileType, string>;
