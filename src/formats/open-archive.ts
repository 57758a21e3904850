import { outerInside, pathInside } from '#domain/nested-path.ts';
import { displayPath } from '#domain/path.ts';
import { type ByteSource, bytesSource, type Format, type Found, type OpenLimits } from './format.ts';
import { recognise } from './index.ts';

/** A file inside an archive, or something that could not be opened, with the reason. Paths are those inside, `outer.jar!/inner.class` over several levels. */
export type ArchiveMember = { readonly path: string; readonly bytes: Buffer } | { readonly skipped: string };

export interface ArchiveLimits {
  /** Archives inside archives, the outermost counted. */
  readonly layers: number;
  /** Files given, of all archives inside. */
  readonly files: number;
  /** Unpacked bytes of all archives inside together. */
  readonly bytes: number;
  /** Entries of one archive. */
  readonly entries: number;
  /** Bytes of one file; a larger one is skipped. By default as `bytes`. */
  readonly fileBytes?: number;
  /** See `OpenLimits`. */
  readonly isLate?: () => boolean;
}

interface Opening {
  readonly limits: ArchiveLimits;
  files: number;
  bytes: number;
}

/** What is under way: the archive and the archives it lies in. */
interface Level {
  readonly source: ByteSource;
  readonly format: Format;
  /** Display path, without a leading slash; '' for the file itself. */
  readonly path: string;
  readonly depth: number;
}

/**
 * Opens one file that is given in memory: its files, and those of the archives inside it, one after the other; nothing for what is no archive.
 * It keeps nothing and reuses nothing: images are opened by `src/scan/nested`, which knows contents again.
 */
export async function* openArchive(bytes: Buffer, limits: ArchiveLimits): AsyncGenerator<ArchiveMember> {
  const source = bytesSource(bytes);
  const format = recognise(source);
  if (format !== undefined) yield* openLevel({ source, format, path: '', depth: 1 }, { limits, files: limits.files, bytes: limits.bytes });
}

const usual = { ratio: Number.MAX_SAFE_INTEGER, graceBytes: 0, pathBytes: 4096, headerBytes: 1024 * 1024 } as const;

async function* openLevel(level: Level, opening: Opening): AsyncGenerator<ArchiveMember> {
  const { format, path: outer, source, depth } = level;
  const told = (path: string): string => (path === '' ? '' : `${path}: `);
  if (format.open === undefined) return void (yield { skipped: `${told(outer)}${format.name} archives are not opened` });
  const { isLate } = opening.limits;
  const limits: OpenLimits = {
    ...usual,
    entries: opening.limits.entries,
    bytes: Math.max(0, opening.bytes),
    ...(isLate === undefined ? {} : { isLate }),
  };
  for await (const found of format.open(source, limits)) {
    const inner = displayPath(found.path).slice(1);
    if ('skipped' in found) {
      yield { skipped: `${told(inner === '' ? outer : joined(outer, inner))}${found.skipped}` };
      continue;
    }
    const path = joined(outer, inner);
    const bytes = await wholeOf(found, opening.limits);
    if (bytes === undefined) {
      yield { skipped: `${path}: it is over the limit of ${opening.limits.fileBytes} bytes for one file` };
      continue;
    }
    opening.bytes -= bytes.length;
    if (opening.files <= 0) return void (yield { skipped: `there are more than ${opening.limits.files} files inside` });
    opening.files -= 1;
    yield { path, bytes };
    const next = bytesSource(bytes);
    const inside = recognise(next);
    if (inside === undefined) continue;
    if (depth >= opening.limits.layers) yield { skipped: `${path}: it lies more than ${opening.limits.layers} archives deep` };
    else yield* openLevel({ source: next, format: inside, path: outer === '' ? inner : outerInside(outer, inner), depth: depth + 1 }, opening);
    if (opening.files <= 0) return;
    // What lies deeper counts too; this archive alone is bounded by its own limits.
    if (opening.bytes <= 0) return void (yield { skipped: `the archives inside unpack to more than ${opening.limits.bytes} bytes` });
  }
}

function joined(outer: string, inner: string): string {
  if (outer !== '') return pathInside(outer, inner);
  return inner === '' ? 'content' : inner;
}

// undefined when it is too large.
async function wholeOf(found: Exclude<Found, { readonly skipped: string }>, { bytes: all, fileBytes = all }: ArchiveLimits): Promise<Buffer | undefined> {
  if ('bytes' in found) return found.bytes.length > fileBytes ? undefined : Buffer.from(found.bytes);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of found.stream) {
    size += piece.length;
    if (size > fileBytes) return undefined;
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}
