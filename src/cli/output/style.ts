import type { Severity } from '#domain/severity.ts';

/** Puts text in a style, or leaves it as it is. The text must be printable already. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  severity(severity: Severity, text: string): string;
}

const severityCodes = { critical: '1;31', high: '31', medium: '33', low: '36', notice: '2' } as const satisfies Record<Severity, string>;

export function createStyle(hasColour: boolean): Style {
  const styled = (code: string, text: string) => (hasColour && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    bold: (text) => styled('1', text),
    dim: (text) => styled('2', text),
    good: (text) => styled('32', text),
    bad: (text) => styled('1;31', text),
    severity: (severity, text) => styled(severityCodes[severity], text),
  };
}
