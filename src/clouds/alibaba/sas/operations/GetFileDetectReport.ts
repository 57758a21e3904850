import type { FileDetection } from '#app/find-file-detections.ts';
import { reportFile } from '#app/report-file.ts';
import { hashKeyPattern } from '#app/upload-folder.ts';
import type { Detection } from '#domain/detection.ts';
import { detectionText } from '#domain/detection-text.ts';
import type { Call } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { wordedTime } from '../../time.ts';
import { labelsOf, scores } from '../file-results.ts';
import { maliciousTypeName } from '../shapes.ts';
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
    const texts = hasData ? textsOf(detection, wanted as readonly Field[], call) : {};
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

function textsOf(detection: FileDetection, wanted: readonly Field[], call: Call) {
  const { result } = detection;
  if (result === undefined) return {};
  const { verdict } = result;
  const threats = (verdict?.detections ?? []).map((one) => threatOf(one, detection, call));
  const has = (field: Field) => wanted.includes(field);
  return {
    ...(has('Basic') ? { Basic: JSON.stringify(basicOf(detection, call)) } : {}),
    ...(has('ThreatTypes') ? { ThreatTypes: JSON.stringify(threats) } : {}),
    ...(has('ThreatLevel') ? { ThreatLevel: threatLevel(verdict === undefined ? 0 : scores[verdict.severity]) } : {}),
    ...(has('Intelligences') ? { Intelligences: JSON.stringify([...new Set(threats.map((threat) => threat.threat_type_desc))]) } : {}),
    // Nothing is run to see what it does.
    ...(has('Sandbox') ? { Sandbox: '{}' } : {}),
  };
}

/** 0 safe, 1 suspicious, 2 malicious: the bands of the score. */
function threatLevel(score: number): 0 | 1 | 2 {
  return score > 80 ? 2 : score > 60 ? 1 : 0;
}

// Keys as the vendor's own samples spell them; what it has no key for is spelled alike.
function basicOf({ createdAt, finishedAt, result }: FileDetection, { zoneMinutes }: Call) {
  if (result === undefined) return {};
  const { md5, sha1, sha256, size, verdict } = result;
  return {
    md5,
    sha1,
    sha256,
    fileSize: String(size),
    fileLabel: labelsOf(result),
    virus_name: verdict?.name ?? '',
    gmt_first_submit: wordedTime(createdAt, zoneMinutes),
    gmt_update: finishedAt === undefined ? '' : wordedTime(finishedAt, zoneMinutes),
  };
}

function threatOf(detection: Detection, { finishedAt, result }: FileDetection, { language, zoneMinutes }: Call) {
  const { engine, pack, rule, name, severity, tags, author, reference } = detection;
  const type = virusTypeOf({ name, severity, tags, detections: [detection] }, result?.fileType ?? 'other');
  return {
    threat_type: type,
    threat_type_desc: maliciousTypeName(type, language),
    risk_type: threatLevel(scores[severity]) === 0 ? 0 : 1,
    last_find_time: finishedAt === undefined ? '' : wordedTime(finishedAt, zoneMinutes),
    name,
    level: severity,
    tags,
    engine,
    source: pack,
    rule,
    author,
    reference,
    description: detectionText([detection], 'description', language),
    advice: detectionText([detection], 'advice', language),
  };
}
