/**
 * Text of hostile origin as it may be shown on a terminal or in a log: characters that control, reorder, hide or split
 * text, and those without a meaning, become `\xNN` or `\u{NNNN}`.
 */
export function printable(text: string): string {
  return text.replace(unprintable, escapeCharacter);
}

/** As `printable`, on one line and no longer than `length` characters. */
export function printableShort(text: string, length: number): string {
  const short = text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
  return printable(short.replace(/\s+/g, ' ').trim());
}

/** Cells that a printable text takes on a terminal: 2 for East Asian wide characters and emoji, 0 for combining marks. */
export function cellsOf(text: string): number {
  if (isAscii(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += cellsOfCharacter(character);
  return cells;
}

/** Pads to a number of cells; a longer text stays as it is. */
export function padCells(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - cellsOf(text)));
}

/** Cuts to a number of cells, the last of which is `…` when something was cut. */
export function cutCells(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  const [first = ''] = breakCells(text, Math.max(1, cells - 1));
  return `${first}…`;
}

/** Breaks into lines of at most so many cells, anywhere, so that the parts joined are the text again. */
export function breakCells(text: string, cells: number): readonly string[] {
  const width = Math.max(2, cells);
  if (cellsOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const character of text) {
    const size = cellsOfCharacter(character);
    if (used + size > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += character;
    used += size;
  }
  return [...lines, line];
}

// Of the categories: control, format (bidirectional controls, zero-width, tags), surrogate, private and unassigned; line and paragraph separators.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;
const combining = /^\p{M}$/u;
const wide =
  /^[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function cellsOfCharacter(character: string): number {
  if (character <= '~') return 1;
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
