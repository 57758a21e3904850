/** Which timed scans an account can set, each on its own. */
export type ScanSettingKind = 'local' | 'registry';

/** A timed scan as it was set, and what came of it. */
export interface ScanSetting {
  readonly accountId: string;
  readonly kind: ScanSettingKind;
  /** What to scan and when, as JSON; its form is that of the use case that wrote it. */
  readonly body: string;
  /** When it is due; undefined while it is off. */
  readonly nextAt: number | undefined;
  /** When it was due last and was looked at. */
  readonly lastAt: number | undefined;
  /** What became of that; '' when it never was. */
  readonly lastResult: string;
}

export interface ScanSettingStore {
  find(accountId: string, kind: ScanSettingKind): Promise<ScanSetting | undefined>;
  /** Replaces what is to be scanned and when; what came of earlier scans stays. */
  save(setting: Omit<ScanSetting, 'lastAt' | 'lastResult'>): Promise<void>;
  /** Settings of all accounts that are due, the longest due first. */
  due(kind: ScanSettingKind, at: number): Promise<readonly ScanSetting[]>;
  /**
   * Puts a due setting off until `nextAt`. False, and nothing changes, when its `body` or `nextAt` are no longer those given: another process was first, or it was
   * set anew. Together with what follows in one transaction, a due scan happens exactly once.
   */
  claim(due: ScanSetting, nextAt: number): Promise<boolean>;
  /** Notes what became of a due scan. */
  note(setting: Pick<ScanSetting, 'accountId' | 'kind'>, outcome: { readonly at: number; readonly result: string }): Promise<void>;
}
