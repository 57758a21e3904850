import type { Registry, Store } from '#app/app.ts';
import type { RegistryAccess } from '#artifacts/source.ts';
import { LazaretError } from '#domain/error.ts';
import type { Vault } from '#lib/vault.ts';

/** How a registered registry is spoken to. @throws LazaretError 'corrupt' where its secret cannot be opened. */
export function registryAccess({ name, username, secret, insecure }: Registry, vault: Pick<Vault, 'open'>): RegistryAccess {
  if (secret === '') return { credentials: null, insecure };
  const password = openSecret(name, secret, vault);
  return { credentials: username === '' ? { identityToken: password } : { username, password }, insecure };
}

/**
 * How an account's registry at an address is spoken to; undefined for one that the account has not registered. The Docker configuration belongs to who runs the
 * server: an account's registry is never shown what that holds.
 */
export async function accessByAddress(
  { store, vault }: { readonly store: Store; readonly vault: Pick<Vault, 'open'> },
  accountId: string,
  address: string,
): Promise<RegistryAccess | undefined> {
  const registry = await store.registries.findByAddress(accountId, address);
  return registry === undefined ? undefined : registryAccess(registry, vault);
}

function openSecret(name: string, secret: string, vault: Pick<Vault, 'open'>): string {
  try {
    return vault.open(secret);
  } catch (error) {
    throw new LazaretError('corrupt', `the password of the registry ${name} is sealed with another master key: set it anew`, { cause: error });
  }
}
