import type { Sql } from '../drivers/sql.ts';
import type { SampleStore } from '../shapes/samples.ts';
import { listAffected } from './affected-list.ts';
import { allOf, valueCondition } from './conditions.ts';
import { countFindings } from './finding-counts.ts';
import { listSamples } from './sample-list.ts';
import { createSequences } from './sequences.ts';
import { createShareBooks } from './share-book.ts';
import { rankOf } from './standing.ts';

/**
 * Findings over all images of an account. Equal samples stand in the order in which they came (turned round with 'desc'), findings that were seen last at the same
 * time by image.
 */
export function createSampleStore(database: Sql & { version(): Promise<number> }): SampleStore {
  const books = createShareBooks(database);
  const sequences = createSequences();
  return {
    list: (query) => listSamples(database, query, books),
    affected: (query) => listAffected(database, query, books),
    names: async ({ accountId, severities: wanted }) => {
      const ofSeverity = wanted === undefined ? [] : [valueCondition('s.severity', wanted.map(rankOf))];
      const where = allOf([{ text: 's.account_id = n.account_id AND s.name_id = n.id', values: [] }, ...ofSeverity]);
      const rows = await database.all<{ name: string; tags: string | null }>(
        `SELECT n.name, (SELECT s.tags FROM sample s WHERE ${where.text} LIMIT 1) AS tags FROM malware_name n WHERE n.account_id = ? ORDER BY n.name`,
        [...where.values, accountId],
      );
      return rows.flatMap(({ name, tags }) => (tags === null ? [] : [{ name, tags: JSON.parse(tags) as readonly string[] }]));
    },
    counts: (query) => countFindings(database, query, sequences),
  };
}
