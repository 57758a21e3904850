import { LazaretError } from '#domain/error.ts';
import { parsePolicy } from '#domain/policy.ts';
import type { Account, Records, StoredPolicy } from './app.ts';
import type { RandomBytes } from './create-key.ts';

const nameForm = /^[\w.@-]{1,64}$/;

function checkName(name: string, noun: string): void {
  if (!nameForm.test(name)) throw new LazaretError('invalid-input', `the name of ${noun} has 1 to 64 letters, digits or . _ @ -`);
}

/** Makes an account with twelve digits as its id. @throws LazaretError 'invalid-input' for the name, 'conflict' when it is taken. */
export async function createAccount({ store, clock }: Records, name: string, randomBytes: RandomBytes): Promise<Account> {
  checkName(name, 'an account');
  const number = Buffer.from(randomBytes(6)).readUIntBE(0, 6) % 900_000_000_000;
  const id = String(100_000_000_000 + number);
  const account = { id, ownerId: id, name, createdAt: clock() };
  await store.accounts.create(account);
  return account;
}

/** @throws LazaretError 'not-found' with the way to make it. */
export async function findAccount({ store }: Records, name: string): Promise<Account> {
  const account = await store.accounts.findByName(name);
  if (account === undefined) throw new LazaretError('not-found', `no account ${name}: lazaret accounts create ${name}`);
  return account;
}

export async function listAccounts({ store }: Records): Promise<readonly Account[]> {
  return store.accounts.list();
}

/** Adds or replaces a policy. @throws LazaretError 'invalid-input' that says what is wrong with the document. */
export async function setPolicy({ store, clock }: Records, policy: Pick<StoredPolicy, 'accountId' | 'name' | 'document'>): Promise<void> {
  checkName(policy.name, 'a policy');
  parsePolicy(policy.document);
  await store.policies.set(policy, clock());
}

/** @throws LazaretError 'not-found'. */
export async function findPolicy({ store }: Records, accountId: string, name: string): Promise<StoredPolicy> {
  const policy = await store.policies.find(accountId, name);
  if (policy === undefined) throw new LazaretError('not-found', `no policy ${name}: lazaret policies list shows those there are`);
  return policy;
}

export async function listPolicies({ store }: Records, accountId: string): Promise<readonly StoredPolicy[]> {
  return store.policies.list(accountId);
}

/** @throws LazaretError 'not-found', 'conflict' while a working key has it. */
export async function removePolicy({ store }: Records, accountId: string, name: string): Promise<void> {
  if (!(await store.policies.remove(accountId, name))) throw new LazaretError('not-found', `no policy ${name}: lazaret policies list shows those there are`);
}
