import { certainOf } from './literals.ts';
import { textBytes } from './pattern-bytes.ts';
import { readRegexPattern } from './regex-pattern.ts';

/** Texts of which a text that equals, or matches, another one holds one; in lower case. */
export interface CertainTexts {
  readonly texts?: readonly string[];
}

export function textsOfText(quoted: string): CertainTexts {
  const bytes = textBytes(quoted);
  return bytes === undefined ? {} : inAscii([String.fromCharCode(...bytes)]);
}

export function textsOfRegex(quoted: string): CertainTexts {
  const tree = readRegexPattern(quoted);
  const forms = tree === undefined ? undefined : certainOf(tree, 1)?.forms;
  return forms === undefined ? {} : inAscii(forms);
}

// Only of ASCII, where all agree on what is upper and lower case.
function inAscii(texts: readonly string[]): CertainTexts {
  // oxlint-disable-next-line no-control-regex -- zero is part of ASCII
  return texts.every((text) => /^[\0-\x7f]*$/.test(text)) ? { texts: texts.map((text) => text.toLowerCase()) } : {};
}
