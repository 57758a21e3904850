import { textBytes } from './pattern-bytes.ts';
import type { SourceRule } from './rules-file.ts';

/**
 * The same rule as YARA-X takes it best. Texts of `meta` with escapes would come back as 'unknown', so they are written
 * without (see `readMetaText`). In a file that is no UTF-8 the bytes of patterns are escaped; elsewhere they are only
 * for people.
 */
export function portableRule(rule: SourceRule, isBytes: boolean): SourceRule {
  if (!isBytes && rule.escapedMeta.length === 0) return rule;
  const patterns = isBytes ? rule.patterns.map((pattern) => ({ ...pattern, value: escapeBytes(pattern.value) })) : rule.patterns;
  const edits = [
    ...rule.escapedMeta.map(({ value, at }) => ({ at, length: value.length, text: plainMeta(value) })),
    ...rule.patterns.map(({ value, at }, index) => ({ at, length: value.length, text: patterns[index]?.value ?? value })),
  ];
  let text = '';
  let from = 0;
  for (const edit of edits) {
    text += rule.text.slice(from, edit.at) + edit.text;
    from = edit.at + edit.length;
  }
  return { ...rule, patterns, text: text + rule.text.slice(from) };
}

/** A text of `meta` as the author meant it. */
export function readMetaText(text: string): string {
  return text.replaceAll(standIn.quote, '"').replaceAll(standIn.backslash, '\\');
}

// From Unicode's private range, so that no author's text has them.
const standIn = { quote: '\ue000', backslash: '\ue001' } as const;

function plainMeta(value: string): string {
  const bytes = textBytes(value);
  // An escape that YARA does not know: the engine shall say so.
  if (bytes === undefined) return value;
  const text = Buffer.from(bytes).toString('utf8');
  return `"${text
    // oxlint-disable-next-line no-control-regex -- what escapes are for
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .replaceAll('\\', standIn.backslash)
    .replaceAll('"', standIn.quote)}"`;
}

function escapeBytes(value: string): string {
  return value.replace(/\\[\s\S]|[\u0080-\u00ff]/g, (part) => {
    const code = part.charCodeAt(part.length - 1);
    return code < 0x80 ? part : `\\x${code.toString(16)}`;
  });
}
