/** Numbers that may be used once. Kept apart from the rest, so that using one does not count as a change of the data. */
export interface NonceStore {
  /** Whether the key uses the nonce for the first time since `at`; remembered until `until`. Holds over processes and restarts. */
  use(keyId: string, nonce: string, time: { readonly at: number; readonly until: number }): Promise<boolean>;
}
