import { LazaretError } from '#domain/error.ts';
import { type Policy, parsePolicy } from '#domain/policy.ts';
import type { AccessKey, App } from './app.ts';

/** A working key with its secret as the owner knows it, and what it may do: undefined for an owner's key, which may do everything. */
export interface WorkingKey extends Omit<AccessKey, 'policies'> {
  readonly policies: readonly Policy[] | undefined;
  /** See `Account.ownerId`. */
  readonly ownerId: string;
}

/**
 * The access key of this id while it works; undefined when it is unknown or disabled. A policy that is gone allows nothing.
 * @throws LazaretError 'corrupt' when the secret was sealed with a master key that is not at hand.
 */
export async function authenticateKey(app: App, secretId: string): Promise<WorkingKey | undefined> {
  const key = await app.store.keys.find(secretId);
  if (key === undefined || key.disabledAt !== undefined) return undefined;
  const account = await app.store.accounts.find(key.accountId);
  return { ...key, secretKey: openSecret(app, key), policies: await policiesOf(app, key), ownerId: account?.ownerId ?? '' };
}

async function policiesOf({ store }: App, { accountId, policies }: AccessKey): Promise<readonly Policy[] | undefined> {
  if (policies.length === 0) return undefined;
  const found = await Promise.all(policies.map((name) => store.policies.find(accountId, name)));
  return found.filter((policy) => policy !== undefined).map(({ document }) => parsePolicy(document));
}

function openSecret({ vault }: App, { secretId, secretKey }: AccessKey): string {
  try {
    return vault.open(secretKey);
  } catch (error) {
    throw new LazaretError('corrupt', `the secret of key ${secretId} was sealed with another master key: start with the one it was made under`, {
      cause: error,
    });
  }
}
