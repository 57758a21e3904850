import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { LazaretError } from '#domain/error.ts';
import type { Database, SqlRow } from './sql.ts';
import { explain, isBusy } from './sqlite-error.ts';

/** Milliseconds a writer waits for writers of other processes. */
const LOCK_WAIT = 60_000;
/** Milliseconds of uninterrupted work after which the event loop gets a turn. */
const TURN = 10;
/** A transaction held longer than this many milliseconds is followed by a pause, in which other processes get the lock: SQLite's locks know no queue. */
const LONG_HOLD = 5;
const PAUSE = 3;
/** Prepared statements kept per connection; the least recently used goes first. */
const STATEMENTS = 300;
/** Rows between two looks at the clock in a batch. */
const SLICE = 128;

/** The transaction a piece of code runs in. */
interface Scope {
  open: boolean;
  readonly depth: number;
  /** Settles when the last transaction inside this one has ended. */
  tail: Promise<unknown>;
}

/**
 * Opens (and creates) a SQLite file. Two connections: one writes, in transactions that take the write lock at once; the other
 * only reads, so that requests are answered from the last commit while a transaction is under way. Write-ahead log
 * with `synchronous=NORMAL`: a killed process loses nothing it committed, a power cut at most the latest commits, and neither
 * damages the file.
 *
 * @throws LazaretError naming `path` when it cannot be opened or is no database.
 */
export async function openSqlite(path: string): Promise<Database> {
  const writer = await openConnection(path, 0, [
    'PRAGMA journal_mode = WAL',
    'PRAGMA synchronous = NORMAL',
    'PRAGMA cache_size = -16384',
    'PRAGMA wal_autocheckpoint = 4000',
    'PRAGMA journal_size_limit = 67108864',
  ]);
  try {
    const reader = await openConnection(path, 5000, ['PRAGMA query_only = ON', 'PRAGMA cache_size = -8192']);
    return connect(path, connection(writer), connection(reader));
  } catch (error) {
    writer.close();
    throw error;
  }
}

interface Connection {
  readonly database: DatabaseSync;
  prepare(text: string): StatementSync;
}

function connect(path: string, writer: Connection, reader: Connection): Database {
  const scopes = new AsyncLocalStorage<Scope>();
  const turn = createTurn();
  const root: Scope = { open: true, depth: 0, tail: Promise.resolve() };
  let quietUntil = 0;
  let closed = false;

  const current = (): Scope | undefined => {
    const scope = scopes.getStore();
    return scope?.open ? scope : undefined;
  };

  const guarded = <T>(work: () => T): T => {
    if (closed) throw new LazaretError('internal', `the database ${path} is closed`);
    try {
      return work();
    } catch (error) {
      throw explain(error, path);
    }
  };

  // One after the other inside `scope`, in the order of the calls.
  const queued = <T>(scope: Scope, work: () => Promise<T>): Promise<T> => {
    const result = scope.tail.then(work, work);
    scope.tail = result.catch(() => undefined);
    return result;
  };

  const begin = async (): Promise<void> => {
    for (let tries = 0; ; tries++) {
      const wait = quietUntil - performance.now();
      if (wait > 0) await sleep(wait);
      try {
        if (closed) throw new LazaretError('internal', `the database ${path} is closed`);
        return writer.database.exec('BEGIN IMMEDIATE');
      } catch (error) {
        if (!isBusy(error) || tries >= LOCK_WAIT) throw explain(error, path);
        await sleep(1);
      }
    }
  };

  const undo = (text: string): void => {
    // Some errors, such as a full disk, have already ended the transaction.
    if (writer.database.isTransaction) writer.database.exec(text);
  };

  const within = async <T>(depth: number, work: () => Promise<T>): Promise<T> => {
    const scope: Scope = { open: true, depth, tail: Promise.resolve() };
    try {
      const result = await scopes.run(scope, work);
      await scope.tail;
      return result;
    } finally {
      scope.open = false;
    }
  };

  const outermost = async <T>(work: () => Promise<T>): Promise<T> => {
    await begin();
    const start = performance.now();
    try {
      const result = await within(1, work);
      guarded(() => writer.database.exec('COMMIT'));
      return result;
    } catch (error) {
      guarded(() => undo('ROLLBACK'));
      throw error;
    } finally {
      const end = performance.now();
      if (end - start > LONG_HOLD) quietUntil = end + PAUSE;
    }
  };

  const nested = async <T>(depth: number, work: () => Promise<T>): Promise<T> => {
    guarded(() => writer.database.exec(`SAVEPOINT level${depth}`));
    try {
      const result = await within(depth, work);
      guarded(() => writer.database.exec(`RELEASE level${depth}`));
      return result;
    } catch (error) {
      guarded(() => undo(`ROLLBACK TO level${depth}; RELEASE level${depth}`));
      throw error;
    }
  };

  const transaction = <T>(work: () => Promise<T>): Promise<T> => {
    const outer = current();
    return outer === undefined ? queued(root, () => outermost(work)) : queued(outer, () => nested(outer.depth + 1, work));
  };

  const writing = <T>(work: () => Promise<T>): Promise<T> => (current() === undefined ? transaction(work) : work());

  const reading = async <T>(text: string, work: (statement: StatementSync) => T): Promise<T> => {
    const connectionOfScope = current() === undefined ? reader : writer;
    const result = guarded(() => work(connectionOfScope.prepare(text)));
    if (turn.isOver()) await nextTurn();
    return result;
  };

  return {
    all: <Row>(text: string, parameters: SqlRow = []) => reading(text, (statement) => statement.all(...parameters) as unknown as readonly Row[]),
    get: <Row>(text: string, parameters: SqlRow = []) => reading(text, (statement) => statement.get(...parameters) as Row | undefined),
    run: (text, parameters = []) => writing(async () => guarded(() => Number(writer.prepare(text).run(...parameters).changes))),
    batch: (text, rows) =>
      writing(async () => {
        let changes = 0;
        for (let start = 0; start < rows.length; start += SLICE) {
          const slice = rows.slice(start, start + SLICE);
          guarded(() => {
            const statement = writer.prepare(text);
            for (const row of slice) changes += Number(statement.run(...row).changes);
          });
          if (turn.isOver()) await nextTurn();
        }
        return changes;
      }),
    transaction,
    inTransaction: () => current() !== undefined,
    // The reading connection sees this number change after a commit of any other connection, our writing one included.
    version: () => reading('PRAGMA data_version', (statement) => Number(statement.get()?.['data_version'])),
    close: () =>
      queued(root, async () => {
        if (closed) return;
        closed = true;
        reader.database.close();
        writer.database.close();
      }),
  };
}

async function openConnection(path: string, busyTimeout: number, pragmas: readonly string[]): Promise<DatabaseSync> {
  for (let tries = 0; ; tries++) {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { timeout: busyTimeout });
      for (const pragma of pragmas) database.exec(pragma);
      // Reads the header, so that a file that is no database is found out here.
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return database;
    } catch (error) {
      if (database?.isOpen) database.close();
      if (!isBusy(error) || tries >= LOCK_WAIT) throw explain(error, path);
      await sleep(1);
    }
  }
}

function connection(database: DatabaseSync): Connection {
  const statements = new Map<string, StatementSync>();
  return {
    database,
    prepare: (text) => {
      const known = statements.get(text);
      const statement = known ?? database.prepare(text);
      if (known !== undefined) statements.delete(text);
      else if (statements.size >= STATEMENTS) statements.delete(statements.keys().next().value ?? '');
      statements.set(text, statement);
      return statement;
    },
  };
}

// Tells when this turn of the event loop has lasted too long. SQLite answers at once, so a loop over queries would never let go by itself.
function createTurn(): { isOver(): boolean } {
  let started: number | undefined;
  const end = (): void => {
    started = undefined;
  };
  return {
    isOver: () => {
      const now = performance.now();
      if (started === undefined) {
        started = now;
        setImmediate(end);
      }
      return now - started > TURN;
    },
  };
}
