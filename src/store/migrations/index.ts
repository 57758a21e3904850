import { LazaretError } from '#domain/error.ts';
import type { Sql } from '../drivers/sql.ts';
import { placeImages } from '../sql/image-repository.ts';
import { initial } from './0001-initial.ts';
import { accounts } from './0002-accounts.ts';
import { findingsOverTime } from './0003-findings-over-time.ts';
import { registries } from './0004-registries.ts';
import { fileDetection } from './0006-file-detection.ts';
import { accountOwners } from './0008-account-owners.ts';
import { exports } from './0009-exports.ts';
import { nestedContents } from './0010-nested-contents.ts';
import { taskTimes } from './0011-task-times.ts';
import { imageCounters } from './0012-image-counters.ts';
import { leftFindings } from './0013-left-findings.ts';
import { keptShares } from './0014-kept-shares.ts';
import { taskStates } from './0015-task-states.ts';
import { tagDigests } from './0016-tag-digests.ts';
import { syncedRegistries } from './0017-synced-registries.ts';
import { registryExtra } from './0018-registry-extra.ts';
import { listIndexes } from './0019-list-indexes.ts';
import { tagLists } from './0020-tag-lists.ts';
import { imageTotals } from './0021-image-totals.ts';
import { tagTexts } from './0022-tag-texts.ts';
import { tagMoves } from './0023-tag-moves.ts';
import { alikePairs } from './0024-alike-pairs.ts';
import { namespaceTotals } from './0025-namespace-totals.ts';
import { countedMembers } from './0026-counted-members.ts';
import { coveredLists } from './0027-covered-lists.ts';
import { fewerSampleIndexes } from './0028-fewer-sample-indexes.ts';
import { neverScanned } from './0029-never-scanned.ts';
import { tagNames } from './0030-tag-names.ts';

/** The statements that lead from one schema to the next. A released migration never changes. */
export type Migration = readonly string[];

/** All migrations; the first leads to schema 1. */
const migrations: readonly Migration[] = [
  initial,
  accounts,
  findingsOverTime,
  registries,
  fileDetection,
  accountOwners,
  exports,
  nestedContents,
  taskTimes,
  imageCounters,
  leftFindings,
  keptShares,
  taskStates,
  tagDigests,
  syncedRegistries,
  registryExtra,
  listIndexes,
  tagLists,
  imageTotals,
  tagTexts,
  tagMoves,
  alikePairs,
  namespaceTotals,
  countedMembers,
  coveredLists,
  fewerSampleIndexes,
  neverScanned,
  tagNames,
];

/** The schema from which on images are saved with their repositories. */
const placedFrom = 3;

/**
 * Brings the database at `path` up to the newest schema, in one transaction.
 *
 * @throws LazaretError 'conflict' when a newer version of Lazaret has written it.
 */
export async function migrate(sql: Sql, path: string): Promise<void> {
  if ((await schemaVersion(sql)) === migrations.length) return;
  await sql.transaction(async () => {
    const version = await schemaVersion(sql);
    if (version > migrations.length) {
      throw new LazaretError(
        'conflict',
        `the database ${path} was written by a newer version of Lazaret (its schema is ${version}, this version knows ${migrations.length}): upgrade Lazaret, or choose another data directory`,
      );
    }
    for (const statement of migrations.slice(version).flat()) await sql.run(statement);
    // What takes more than SQL is done last, over the newest schema.
    if (version > 0 && version < placedFrom) await placeImages(sql);
    await sql.run('DELETE FROM schema_version');
    await sql.run('INSERT INTO schema_version (version) VALUES (?)', [migrations.length]);
  });
}

async function schemaVersion(sql: Sql): Promise<number> {
  const table = await sql.get("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'");
  if (table === undefined) return 0;
  return (await sql.get<{ version: number }>('SELECT version FROM schema_version'))?.version ?? 0;
}
