import { LazaretError } from '#domain/error.ts';
import type { AccessKey, App } from './app.ts';

/** Fills `size` bytes from a cryptographic source. */
export type RandomBytes = (size: number) => Uint8Array;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const partLength = 32;
const nameLength = 128;
const mostPolicies = 20;

/**
 * Makes and keeps an access key: `AKID` and 32 letters or digits as its id, 32 letters or digits as its secret, which is the form that
 * Tencent's clients expect. The secret is told once, here.
 * A key with policies may do what they allow, one without may do everything in its account.
 * @throws LazaretError 'invalid-input' when the name is longer than 128 characters or there are more than 20 policies, 'not-found' for a policy that the account does not have.
 */
export async function createKey(
  app: App,
  accountId: string,
  options: { readonly name: string; readonly policies?: readonly string[]; readonly randomBytes: RandomBytes },
): Promise<AccessKey> {
  const policies = [...new Set(options.policies)].sort();
  if (policies.length > mostPolicies) throw new LazaretError('invalid-input', `a key has at most ${mostPolicies} policies`);
  if (options.name.length > nameLength) throw new LazaretError('invalid-input', `the name of a key has at most ${nameLength} characters`);
  const key: AccessKey = {
    accountId,
    secretId: `AKID${randomText(options.randomBytes)}`,
    secretKey: randomText(options.randomBytes),
    name: options.name,
    policies,
    createdAt: app.clock(),
    disabledAt: undefined,
  };
  // In one transaction, so that a rotation of the master key sees this secret, or this sees the new key; and no policy goes while a key is made with it.
  await app.store.transaction(async () => {
    for (const policy of policies) {
      if ((await app.store.policies.find(accountId, policy)) === undefined)
        throw new LazaretError('not-found', `no policy ${policy}: lazaret policies set ${policy} FILE`);
    }
    await app.store.keys.create({ ...key, secretKey: app.vault.seal(key.secretKey) });
  });
  return key;
}

// Bytes from 248 up are dropped, so that every character is equally likely.
function randomText(randomBytes: RandomBytes): string {
  const fair = 256 - (256 % alphabet.length);
  let text = '';
  for (let round = 0; text.length < partLength; round++) {
    if (round === 100) throw new LazaretError('internal', 'the random source gives no usable bytes');
    for (const byte of randomBytes(partLength)) {
      if (byte < fair && text.length < partLength) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}
