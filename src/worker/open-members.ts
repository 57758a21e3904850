import type { Limits } from '#domain/limits.ts';
import { type ArchiveMember, openArchive } from '#formats/open-archive.ts';
import type { Member, OpenMembers } from '#scan/scan-archive.ts';

/** Unpacked bytes of all archives in a file together, by its own size, and at least. */
const ratio = 250;
const leastBytes = 64 * 1024 * 1024;

/**
 * Opens archives in memory: a submitted file is bounded by the limit of uploads, what it unpacks to by `inspectBytes` and a ratio, the time of
 * opening it and all in it by `archiveSeconds`.
 */
export function membersOpener(limits: Limits): OpenMembers {
  return async function* openMembers(body, bounds) {
    const pieces: Buffer[] = [];
    for await (const piece of body.pieces()) pieces.push(Buffer.from(piece));
    const bytes = Math.min(4 * limits.inspectBytes, Math.max(leastBytes, body.size * ratio));
    // Judging the members, between the steps, does not count.
    let spent = 0;
    let since = performance.now();
    const isLate = (): boolean => spent + performance.now() - since > limits.archiveSeconds * 1000;
    const members = openArchive(Buffer.concat(pieces), { ...bounds, bytes, entries: limits.archiveEntries, isLate });
    for await (const member of members) {
      spent += performance.now() - since;
      yield asMember(member);
      since = performance.now();
    }
  };
}

function asMember(member: ArchiveMember): Member {
  if ('skipped' in member) return member;
  return { path: member.path, body: { size: member.bytes.length, pieces: () => [member.bytes] } };
}
