import type { FileDetection } from '#app/find-file-detections.ts';
import { reportFile } from '#app/report-file.ts';
import { hashKeyPattern } from '#app/upload-folder.ts';
import type { Detection } from '#domain/detection.ts';
import type { Language } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { labelsOf, scores } from '../file-results.ts';
import { virusTypeOf } from '../virus-type.ts';

const fields = ['ThreatTypes', 'Intelligences', 'ThreatLevel', 'Basic', 'Sandbox'] as const;
type Field = (typeof fields)[number];

/** All that is known of one file: its facts, how bad it is and what each engine says. */
export const getFileDetectReport = operation({
  action: 'GetFileDetectReport',
  lasting: false,
  parameters: {
    FileHash: { kind: 'text', max: 64 },
    EventId: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER },
    Field: { kind: 'text', max: 256 },
    SourceType: { kind: 'text', max: 64 },
    Lang: { kind: 'text', max: 16 },
  },
  async run(call, input) {
    const { FileHash: digest, Field } = input;
    if (digest === undefined) return refuse('MissingFileHash');
    if (!hashKeyPattern.test(digest)) return refuse('InvalidFileHash');
    const wanted = Field === undefined || Field === '' ? fields : Field.split(',').map((name) => name.trim());
    const unknown = wanted.find((name) => !(fields as readonly string[]).includes(name));
    if (unknown !== undefined) return refuse('InvalidField');
    const detection = await reportFile(call.app, call.accountId, digest);
    const hasData = detection?.result !== undefined;
    const name = fileNameOf(detection?.url ?? '');
    const texts = hasData ? textsOf(detection, wanted as readonly Field[], call.language) : {};
    return {
      Code: '200',
      Message: 'successful',
      Success: true,
      Data: { FileHash: digest, ...(name === '' ? {} : { Filename: name }), HasData: hasData, ShowTab: hasData, ...texts },
    };
  },
});

// Uploads have no name; what was fetched has that of its address.
function fileNameOf(url: string): string {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function textsOf(detection: FileDetection, wanted: readonly Field[], language: Language) {
  const { result } = detection;
  if (result === undefined) return {};
  const { verdict, fileType } = result;
  const has = (field: Field) => wanted.includes(field);
  return {
    ...(has('Basic') ? { Basic: JSON.stringify(basicOf(detection)) } : {}),
    ...(has('ThreatTypes') ? { ThreatTypes: JSON.stringify(verdict === undefined ? [] : [virusTypeOf(verdict, fileType)]) } : {}),
    ...(has('ThreatLevel') ? { ThreatLevel: threatLevel(verdict === undefined ? 0 : scores[verdict.severity]) } : {}),
    ...(has('Intelligences') ? { Intelligences: JSON.stringify((verdict?.detections ?? []).map((one) => intelligenceOf(one, language))) } : {}),
    // Nothing is run to see what it does.
    ...(has('Sandbox') ? { Sandbox: '{}' } : {}),
  };
}

/** 0 safe, 1 suspicious, 2 malicious: the bands of the score. */
function threatLevel(score: number): 0 | 1 | 2 {
  return score > 80 ? 2 : score > 60 ? 1 : 0;
}

function basicOf({ createdAt, finishedAt, result }: FileDetection) {
  if (result === undefined) return {};
  const { md5, sha1, sha256, size } = result;
  return { Md5: md5, Sha1: sha1, Sha256: sha256, FileSize: size, FileLabel: labelsOf(result), SubmitTime: createdAt, DetectTime: finishedAt };
}

function intelligenceOf(detection: Detection, language: Language) {
  const { engine, pack, rule, name, severity, tags, author, reference } = detection;
  const texts = { Description: detection.description[language], Advice: detection.advice[language] };
  return { Engine: engine, Source: pack, Rule: rule, Name: name, Level: severity, Tags: tags, Author: author, Reference: reference, ...texts };
}
