import type { Limits } from '#domain/limits.ts';
import { openArchive } from '#formats/open-archive.ts';
import type { OpenMembers } from '#scan/scan-archive.ts';

/** Entries of one archive that are looked at. */
const mostEntries = 100_000;
/** Unpacked bytes of all archives in a file together, by its own size, and at least. */
const ratio = 250;
const leastBytes = 64 * 1024 * 1024;

/** Opens archives in memory: a submitted file is bounded by the limit of uploads, and what it unpacks to by `inspectBytes` and a ratio. */
export function membersOpener(limits: Limits): OpenMembers {
  return async function* openMembers(body, bounds) {
    const pieces: Buffer[] = [];
    for await (const piece of body.pieces()) pieces.push(Buffer.from(piece));
    const bytes = Math.min(4 * limits.inspectBytes, Math.max(leastBytes, body.size * ratio));
    for await (const member of openArchive(Buffer.concat(pieces), { ...bounds, bytes, entries: mostEntries })) {
      if ('skipped' in member) yield member;
      else yield { path: member.path, body: { size: member.bytes.length, pieces: () => [member.bytes] } };
    }
  };
}
