import type { Sql } from '../drivers/sql.ts';

/** Numbers of the engine fingerprints that are known, in the order given. */
export async function findEngines(sql: Sql, fingerprints: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const fingerprint of new Set(fingerprints)) {
    const row = await sql.get<{ id: number }>('SELECT id FROM engine WHERE fingerprint = ?', [fingerprint]);
    if (row !== undefined) found.set(fingerprint, row.id);
  }
  return found;
}

/** Numbers of the engine fingerprints, new ones included. Only inside a transaction. */
export async function internEngines(sql: Sql, fingerprints: Iterable<string>): Promise<ReadonlyMap<string, number>> {
  const wanted = [...new Set(fingerprints)];
  await sql.batch(
    'INSERT INTO engine (fingerprint) VALUES (?) ON CONFLICT (fingerprint) DO NOTHING',
    wanted.map((fingerprint) => [fingerprint]),
  );
  return findEngines(sql, wanted);
}
