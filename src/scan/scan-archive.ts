import type { Verdict } from '#domain/finding.ts';
import { severities } from '#domain/severity.ts';
import type { JudgedFile, JudgedMember, UnpackBounds } from '#store/store.ts';
import { type Body, type FileScan, scanFile } from './scan-file.ts';

/** What the opening of an archive gives: a file inside it, or something that could not be opened. */
export type Member = { readonly path: string; readonly body: Body } | { readonly skipped: string };

/**
 * Opens an archive, and the archives inside it up to `bounds.layers`: its files one after the other, with display paths without a leading slash,
 * `outer.jar!/inner.class` for those of a member. A body is good until the next member is asked for.
 */
export type OpenMembers = (body: Body, bounds: UnpackBounds) => AsyncIterable<Member>;

export interface ArchiveVerdict {
  /** The archive itself; as bad as its worst member. */
  readonly result: JudgedFile;
  readonly members: readonly JudgedMember[];
}

/** Judges a file and the files inside it, at most `bounds.files`. */
export async function scanArchive(
  body: Body,
  path: string,
  scan: FileScan,
  unpack: { readonly bounds: UnpackBounds; readonly open: OpenMembers },
): Promise<ArchiveVerdict> {
  const own = await scanFile(body, path, scan);
  const members: JudgedMember[] = [];
  const skipped: string[] = [...own.skipped];
  for await (const member of unpack.open(body, unpack.bounds)) {
    if ('skipped' in member) {
      if (skipped.length < mostSkips) skipped.push(member.skipped);
      continue;
    }
    if (members.length >= unpack.bounds.files) break;
    members.push({ ...(await scanFile(member.body, `/${member.path}`, scan)), path: member.path });
  }
  return { result: { ...own, verdict: worst([own.verdict, ...members.map((member) => member.verdict)]), skipped }, members };
}

/** Reasons that are kept of one archive. */
const mostSkips = 20;

function worst(verdicts: readonly (Verdict | undefined)[]): Verdict | undefined {
  const found = verdicts.filter((verdict) => verdict !== undefined);
  return found.toSorted((left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity))[0];
}
