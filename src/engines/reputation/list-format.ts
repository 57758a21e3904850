import { type Severity, severityOfScore } from '#domain/severity.ts';
import { largestSize } from './digest-table.ts';
import { longestName } from './name-table.ts';

/** How a list is written, chosen by the file's extension. */
export interface ListFormat {
  /** ClamAV's `HASH:SIZE:NAME[:FLEVEL[:MAX]]`, or one hash a line with `;`-separated comments. */
  readonly syntax: 'clamav' | 'plain';
  /** True when what it lists is known to be good. */
  readonly allows: boolean;
}

/** One line that lists a digest. */
export interface ListLine {
  /** Lower-case hex of an MD5 (32 digits), SHA-1 (40) or SHA-256 (64). */
  readonly hash: string;
  /** Bytes; undefined for any. */
  readonly size: number | undefined;
  /** '' where the list gives none. */
  readonly name: string;
  readonly severity: Severity;
}

const clamav: ListFormat = { syntax: 'clamav', allows: false };
const clamavAllowed: ListFormat = { syntax: 'clamav', allows: true };
const plain: ListFormat = { syntax: 'plain', allows: false };

const formats: Readonly<Record<string, ListFormat>> = {
  '.hdb': clamav,
  '.hdu': clamav,
  '.hsb': clamav,
  '.hsu': clamav,
  '.fp': clamavAllowed,
  '.sfp': clamavAllowed,
};

/** What ClamAV ships beside hash lists: other signatures and containers, which have no digests of whole files. */
const foreign = new Set(
  '.cat .cbc .cdb .cfg .cld .crb .cud .cvd .ftm .gdb .idb .ign .ign2 .imp .info .ldb .ldu .mdb .mdu .msb .msu .ndb .ndu .pdb .pwdb .sdb .wdb .yar .yara .zmd'.split(
    ' ',
  ),
);

const defaultSeverity: Severity = 'high';
/** MD5, SHA-1 and SHA-256 of no bytes: lists that were made from failed downloads have them. */
const hashesOfNothing = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
]);

/** The format that an extension (with its dot) stands for; undefined for files that are known not to be hash lists. */
export function formatOf(extension: string): ListFormat | undefined {
  const lower = extension.toLowerCase();
  return foreign.has(lower) ? undefined : (formats[lower] ?? plain);
}

/**
 * Reads one line without its end of line.
 * @returns the entry, undefined for a blank line or comment, or a text that says what is wrong.
 */
export function parseLine(line: string, format: ListFormat): ListLine | string | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const parsed = format.syntax === 'clamav' ? parseClamav(text) : parsePlain(text);
  if (typeof parsed === 'string') return parsed;
  if (!format.allows && hashesOfNothing.has(parsed.hash)) return 'this is the hash of an empty file, which every system has';
  return Buffer.byteLength(parsed.name) > longestName ? `the name has more than ${longestName} bytes` : parsed;
}

function parseClamav(text: string): ListLine | string {
  const fields = text.split(':', 6);
  if (fields.length < 3 || fields.length > 5) return 'expected HASH:SIZE:NAME';
  const [hash = '', size = '', name = ''] = fields;
  const lower = hash.toLowerCase();
  if (!isHash(lower)) return notAHash(hash);
  if (size !== '*' && !(/^\d{1,15}$/.test(size) && Number(size) <= largestSize)) return `'${shorten(size)}' is not a size in bytes or *`;
  return { hash: lower, size: size === '*' ? undefined : Number(size), name: printable(name), severity: defaultSeverity };
}

function parsePlain(text: string): ListLine | string {
  const end = text.indexOf(';');
  const hash = (end < 0 ? text : text.slice(0, end)).trimEnd().toLowerCase();
  if (!isHash(hash)) return notAHash(hash);
  const rest = end < 0 ? '' : text.slice(end + 1).trim();
  const [, digits = '', comment] = /^(\d{1,9})(?:\s*;(.*))?$/.exec(rest) ?? [];
  const score = Number(digits);
  // A lone number is a score if it can be one, else a comment such as a year.
  if (digits === '' || (comment === undefined && score > 100)) return { hash, size: undefined, name: printable(rest), severity: defaultSeverity };
  if (score > 100) return `the score ${score} is not between 0 and 100`;
  return { hash, size: undefined, name: printable(comment ?? ''), severity: severityOfScore(score) };
}

function isHash(text: string): boolean {
  return (text.length === 32 || text.length === 40 || text.length === 64) && /^[0-9a-f]+$/.test(text);
}

function notAHash(text: string): string {
  return `'${shorten(text)}' is not an MD5, SHA-1 or SHA-256`;
}

function shorten(text: string): string {
  const clean = printable(text);
  return clean.length > 80 ? `${clean.slice(0, 80)}…` : clean;
}

// Names reach terminals and reports: no control characters, no direction marks.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, ' ').trim();
}
