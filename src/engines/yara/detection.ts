import type { Detection } from '#domain/detection.ts';
import { type Severity, severityOfScore } from '#domain/severity.ts';
import type { RawMatch } from './backend.ts';
import { readMetaText } from './portable.ts';

/** Says of a match what the clouds and reports say of it. `meta` is read in our own words first, then in those of well-known packs. */
export function detectionOf(match: RawMatch, pack: { readonly name: string; readonly licence: string }): Detection {
  const { meta, rule } = match;
  const first = (...keys: string[]): string => keys.map((key) => textOf(meta[key])).find((text) => text !== '') ?? '';
  const description = first('description', 'desc');
  return {
    engine: 'yara',
    kind: 'signature',
    rule,
    pack: pack.name,
    name: first('name', 'threat_name', 'malware', 'malware_family', 'family', 'tc_detection_name') || rule,
    severity: severityOf(meta),
    tags: match.tags.slice(0, 50),
    author: first('author'),
    reference: first('reference', 'ref', 'source_url'),
    licence: first('licence', 'license', 'license_url') || pack.licence,
    description: {
      en: description || `The file matches rule ${rule} of rule pack ${pack.name}.`,
      zh: first('description_zh') || `该文件匹配规则包 ${pack.name} 的规则 ${rule}${description === '' ? '' : `(${description})`}。`,
    },
    advice: { en: first('advice') || advice.en, zh: first('advice_zh') || advice.zh },
    ...(match.places.length === 0 ? {} : { places: match.places }),
  };
}

const advice = {
  en: 'Find out where the file comes from. If nobody expects it, isolate the container, keep a sample, remove the file and rebuild the image from a trusted base.',
  zh: '请确认该文件的来源。如非预期文件,请隔离容器、保留样本、删除该文件,并基于可信的基础镜像重新构建镜像。',
} as const;

const textLimit = 2000;

function textOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return (
    readMetaText(String(value))
      .slice(0, textLimit)
      // oxlint-disable-next-line no-control-regex -- rules may hold any character
      .replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim()
  );
}

const severityWords: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  serious: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  info: 'notice',
  informational: 'notice',
  notice: 'notice',
};

function severityOf(meta: RawMatch['meta']): Severity {
  for (const value of [meta['severity'], meta['score']]) {
    const text = textOf(value).toLowerCase();
    if (Object.hasOwn(severityWords, text)) return severityWords[text] ?? 'medium';
    const score = text === '' ? Number.NaN : Number(text);
    if (score >= 0 && score <= 100) return severityOfScore(score);
  }
  return 'medium';
}
