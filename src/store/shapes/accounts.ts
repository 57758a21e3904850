import type { Listing, Page } from '../store.ts';

export interface Account {
  readonly id: string;
  /** Twelve digits, as clouds name an account's owner. */
  readonly ownerId: string;
  /** Unique in the installation. */
  readonly name: string;
  readonly createdAt: number;
}

export interface AccountStore {
  /** @throws LazaretError 'conflict' when the id or name is taken. */
  create(account: Account): Promise<void>;
  find(id: string): Promise<Account | undefined>;
  findByName(name: string): Promise<Account | undefined>;
  list(): Promise<readonly Account[]>;
}

/** A policy document as its owner wrote it. */
export interface StoredPolicy {
  readonly accountId: string;
  readonly name: string;
  readonly document: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface PolicyStore {
  /** Adds or replaces. */
  set(policy: Omit<StoredPolicy, 'createdAt' | 'updatedAt'>, at: number): Promise<void>;
  find(accountId: string, name: string): Promise<StoredPolicy | undefined>;
  list(accountId: string): Promise<readonly StoredPolicy[]>;
  /** False when there is none. @throws LazaretError 'conflict' while a working key has it. */
  remove(accountId: string, name: string): Promise<boolean>;
}

/** One call that changed something, or tried to. */
export interface AuditRecord {
  readonly accountId: string;
  readonly at: number;
  readonly cloud: string;
  /** Public id of the access key. */
  readonly keyId: string;
  /** Whom the request came from. */
  readonly address: string;
  readonly action: string;
  readonly requestId: string;
  /** 'OK' or the error code. */
  readonly code: string;
  /** The input as JSON, without secrets, cut where it is long. */
  readonly input: string;
}

export interface AuditQuery extends Page {
  readonly accountId: string;
  readonly since?: number;
  readonly until?: number;
  readonly actions?: readonly string[];
  readonly keyIds?: readonly string[];
}

export interface AuditStore {
  add(record: AuditRecord): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<Listing<AuditRecord>>;
  /** Forgets what is older, the oldest first and at most so many. Returns how many. */
  prune(before: number, most: number): Promise<number>;
}

export interface AccessKey {
  readonly accountId: string;
  readonly secretId: string;
  /** Sealed in the store; as the owner knows it elsewhere. */
  readonly secretKey: string;
  readonly name: string;
  /** Names of the policies that say what it may do; none: everything in its account. */
  readonly policies: readonly string[];
  readonly createdAt: number;
  /** undefined while the key works. */
  readonly disabledAt: number | undefined;
}

export interface KeyStore {
  create(key: AccessKey): Promise<void>;
  find(secretId: string): Promise<AccessKey | undefined>;
  list(accountId: string): Promise<readonly AccessKey[]>;
  /** False when there is no such key. */
  disable(accountId: string, secretId: string, at: number): Promise<boolean>;
  /** Keys of all accounts, for sealing anew. */
  all(): Promise<readonly AccessKey[]>;
  replaceSecret(secretId: string, secretKey: string): Promise<void>;
}
