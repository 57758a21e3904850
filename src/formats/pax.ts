import { parsePaxRecords, parsePaxSize } from '#lib/tar-header.ts';

/**
 * What PAX records say of the next member (POSIX.1-2017 pax, "pax Extended Header"). Names are one character per byte. A record
 * with an empty value says nothing.
 */
export interface PaxRecords {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  readonly mtime?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** GNU sparse files, formats 0.1 (a map here) and 1.0 (a map at the start of the body). */
  readonly sparse?: { readonly name: string | undefined; readonly realSize: number | undefined; readonly map: readonly number[] | undefined };
}

/** Reads the records of a PAX header; undefined when it is malformed. A number that is no number is NaN. */
export function readPax(data: Buffer): PaxRecords | undefined {
  const stated = parsePaxRecords(data);
  if (stated === undefined) return undefined;
  const records = new Map([...stated].filter(([, value]) => value !== ''));
  const text = <K extends 'path' | 'linkpath'>(key: K) => (records.has(key) ? { [key]: records.get(key) } : {});
  const number = <K extends 'size' | 'uid' | 'gid'>(key: K) => (records.has(key) ? { [key]: parsePaxSize(records.get(key) ?? '') ?? Number.NaN } : {});
  const sparse = sparseOf(records);
  return {
    ...text('path'),
    ...text('linkpath'),
    ...number('size'),
    ...number('uid'),
    ...number('gid'),
    ...(records.has('mtime') ? { mtime: Math.trunc(Number(records.get('mtime'))) } : {}),
    ...(sparse === undefined ? {} : { sparse }),
  };
}

// The versions and the precedence are those of the readers that unpack layers: a file that only we take for a sparse one would be
// judged by other bytes than a container sees.
function sparseOf(records: ReadonlyMap<string, string>): PaxRecords['sparse'] {
  const version = `${records.get('GNU.sparse.major') ?? ''}.${records.get('GNU.sparse.minor') ?? ''}`;
  const map = records.get('GNU.sparse.map');
  const isFormat0 = version === '0.0' || version === '0.1' || (version === '.' && (map !== undefined || records.has('GNU.sparse.offset')));
  if (!isFormat0 && version !== '1.0') return undefined;
  const realSize = records.get('GNU.sparse.size') ?? records.get('GNU.sparse.realsize');
  return {
    name: records.get('GNU.sparse.name'),
    realSize: realSize === undefined ? undefined : (parsePaxSize(realSize) ?? Number.NaN),
    map: isFormat0 ? (map ?? '').split(',').map((part) => parsePaxSize(part) ?? Number.NaN) : undefined,
  };
}
