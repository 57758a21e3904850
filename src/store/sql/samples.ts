import type { Sql } from '../drivers/sql.ts';
import type { SampleStore } from '../shapes/samples.ts';
import { countAffected, listAffected } from './affected-list.ts';
import { countFindings } from './finding-counts.ts';
import { createNameLists } from './name-lists.ts';
import { listSamples } from './sample-list.ts';
import { runIn } from './sample-shares.ts';
import { createSequences } from './sequences.ts';
import { createShareBooks } from './share-book.ts';

/**
 * Findings over all images of an account. Equal samples stand in the order in which they came (turned round with 'desc'), findings that were seen last at the same
 * time by image.
 */
export function createSampleStore(database: Sql & { version(): Promise<number> }): SampleStore {
  const books = createShareBooks(database, runIn);
  const sequences = createSequences();
  const names = createNameLists(database);
  return {
    list: (query) => listSamples(database, query, books),
    affected: (query) => listAffected(database, query, books),
    countAffected: (query) => countAffected(database, query, books),
    names: (query) => names(query),
    counts: (query) => countFindings(database, query, sequences),
  };
}
