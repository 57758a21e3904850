import type { Sql } from '../drivers/sql.ts';
import type { ScanSetting, ScanSettingKind, ScanSettingStore } from '../store.ts';

interface Row {
  readonly account_id: string;
  readonly kind: ScanSettingKind;
  readonly body: string;
  readonly next_at: number | null;
  readonly last_at: number | null;
  readonly last_result: string;
}

const COLUMNS = 'account_id, kind, body, next_at, last_at, last_result';

/** Timed scans. There are as many rows as accounts, so that a look at all of them is cheap. */
export function createScanSettingStore(sql: Sql): ScanSettingStore {
  return {
    find: async (accountId, kind) => {
      const row = await sql.get<Row>(`SELECT ${COLUMNS} FROM scan_setting WHERE account_id = ? AND kind = ?`, [accountId, kind]);
      return row === undefined ? undefined : toSetting(row);
    },
    save: async ({ accountId, kind, body, nextAt }) => {
      await sql.run(
        `INSERT INTO scan_setting (account_id, kind, body, next_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (account_id, kind) DO UPDATE SET body = excluded.body, next_at = excluded.next_at`,
        [accountId, kind, body, nextAt ?? null],
      );
    },
    due: async (kind, at) =>
      (await sql.all<Row>(`SELECT ${COLUMNS} FROM scan_setting WHERE kind = ? AND next_at <= ? ORDER BY next_at, account_id`, [kind, at])).map(toSetting),
    claim: async (due, nextAt) => {
      const changed = await sql.run('UPDATE scan_setting SET next_at = ? WHERE account_id = ? AND kind = ? AND next_at IS ? AND body = ?', [
        nextAt,
        due.accountId,
        due.kind,
        due.nextAt ?? null,
        due.body,
      ]);
      return changed > 0;
    },
    note: async ({ accountId, kind }, { at, result }) => {
      await sql.run('UPDATE scan_setting SET last_at = ?, last_result = ? WHERE account_id = ? AND kind = ?', [at, result, accountId, kind]);
    },
  };
}

function toSetting(row: Row): ScanSetting {
  return {
    accountId: row.account_id,
    kind: row.kind,
    body: row.body,
    nextAt: row.next_at ?? undefined,
    lastAt: row.last_at ?? undefined,
    lastResult: row.last_result,
  };
}
