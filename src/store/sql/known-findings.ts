import { createHash } from 'node:crypto';
import { LazaretError } from '#domain/error.ts';
import type { Finding, Verdict } from '#domain/finding.ts';
import type { Sql } from '../drivers/sql.ts';
import { digestHex, safeNumber } from './digest.ts';
import type { FindingRow } from './findings.ts';
import type { ImageKey } from './image-counts.ts';
import { type Standing, standings } from './standing.ts';

export type NewFinding = Finding & { readonly sha1: string };

/** A finding that is known of the image already. */
export interface Known {
  readonly id: number;
  readonly verdictId: number;
  readonly path: string;
  readonly layer: string;
  readonly standing: Standing;
  /** As stored; see `sql/seen.ts`. */
  readonly lastSeen: number;
  readonly verifiedAt: number;
  /** Everything else that may change. */
  readonly facts: string;
}

/** What a scan saw: each finding once, under what tells it apart, with the id of its verdict. */
export interface Wanted {
  readonly findings: ReadonlyMap<string, NewFinding>;
  readonly verdictOf: (finding: NewFinding) => number;
}

/** Of two findings with the same path, layer and content the visible one counts. Their verdicts are kept. Only inside a transaction. */
export async function readWanted(sql: Sql, accountId: string, findings: readonly NewFinding[]): Promise<Wanted> {
  const found = distinct(findings);
  return { findings: found, verdictOf: await internVerdicts(sql, accountId, found.values()) };
}

/** Equal for equal findings that come in the same order. */
export function digestOf({ findings, verdictOf }: Wanted): Uint8Array {
  const digest = createHash('sha256');
  for (const [key, finding] of findings) digest.update(`${key}\0${factsOf(finding)} ${verdictOf(finding)}\n`);
  return digest.digest();
}

/** A finding that is fixed since a scan did not see it comes back. */
export function isSame(before: Known, verdictId: number, finding: NewFinding): boolean {
  if (before.standing === standings.fixed) return false;
  return before.verdictId === verdictId && before.facts === factsOf(finding);
}

type KnownRow = Omit<FindingRow, 'first_seen'>;

/** The findings of an image under what tells them apart. */
export async function loadKnown(sql: Sql, key: ImageKey): Promise<Map<string, Known>> {
  const rows = await sql.all<KnownRow>(
    `SELECT id, path, layer, sha256, md5, sha1, size, file_type, hidden, standing, last_seen, verified_at, verdict_id
     FROM finding WHERE account_id = ? AND image_key = ?`,
    [key.accountId, key.imageKey],
  );
  return new Map(
    rows.map((row) => [
      keyOf(row.path, row.layer, digestHex(row.sha256)),
      {
        id: row.id,
        verdictId: row.verdict_id,
        path: row.path,
        layer: row.layer,
        standing: row.standing,
        lastSeen: row.last_seen,
        verifiedAt: row.verified_at,
        facts: `${row.hidden} ${row.size} ${digestHex(row.md5)} ${digestHex(row.sha1)} ${row.file_type}`,
      },
    ]),
  );
}

function factsOf(finding: NewFinding): string {
  return `${finding.hidden ? 1 : 0} ${safeNumber(finding.size)} ${finding.md5} ${finding.sha1} ${finding.fileType}`;
}

function keyOf(path: string, layer: string, sha256: string): string {
  return `${sha256} ${layer} ${path}`;
}

// Lone surrogates become U+FFFD in the database, so they must before rows are compared.
function distinct(findings: readonly NewFinding[]): ReadonlyMap<string, NewFinding> {
  const found = new Map<string, NewFinding>();
  for (const finding of findings) {
    const path = finding.path.toWellFormed();
    const key = keyOf(path, finding.layer, finding.sha256);
    if (found.get(key)?.hidden === false) continue;
    found.set(key, { ...finding, path });
  }
  return found;
}

async function internVerdicts(sql: Sql, accountId: string, findings: Iterable<NewFinding>): Promise<(finding: NewFinding) => number> {
  const bodies = new Map<Verdict, string>();
  for (const { verdict } of findings) if (!bodies.has(verdict)) bodies.set(verdict, JSON.stringify(verdict));
  const ids = new Map<string, number>();
  for (const body of new Set(bodies.values())) {
    const digest = createHash('sha256').update(body).digest();
    const known = await sql.get<{ id: number }>('SELECT id FROM finding_verdict WHERE account_id = ? AND digest = ?', [accountId, digest]);
    const row =
      known ??
      (await sql.get<{ id: number }>('INSERT INTO finding_verdict (account_id, digest, body) VALUES (?, ?, ?) RETURNING id', [accountId, digest, body]));
    if (row !== undefined) ids.set(body, row.id);
  }
  return (finding) => {
    const id = ids.get(bodies.get(finding.verdict) ?? '');
    if (id === undefined) throw new LazaretError('internal', `the verdict of ${finding.path} was not saved`);
    return id;
  };
}
