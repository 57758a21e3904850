import { LazaretError } from '#domain/error.ts';
import { longestGlob } from '#domain/glob.ts';
import { isRegistryAddress, isRepositoryName, type RegistryKind } from '#domain/registry.ts';
import { isCron } from '#lib/cron.ts';
import type { App, Listing, Records, Registry, RegistryPolicy } from './app.ts';

/** What its owner tells of a registry. */
export interface RegistryInput {
  readonly name: string;
  readonly kind: RegistryKind;
  readonly address: string;
  readonly region: string;
  readonly insecure: boolean;
  /** '' where the password is a token that others are asked for with. */
  readonly username: string;
  /** In the clear; '' for none. */
  readonly password: string;
  readonly policy: RegistryPolicy;
  /** See `Registry.extra`. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** A registry as it is shown: without its secret. */
export type ShownRegistry = Omit<Registry, 'secret'> & { readonly hasSecret: boolean };

/** All repositories, every tag, when asked; new images are scanned. */
export const defaultPolicy: RegistryPolicy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: true };

/** Adds a registry and returns its id. @throws LazaretError 'invalid-input', 'conflict' where its name or address is taken. */
export async function addRegistry({ store, clock, vault }: Omit<App, 'dataDir'>, accountId: string, input: RegistryInput): Promise<number> {
  checkInput(input);
  const { password, ...registry } = input;
  return store.transaction(async () => {
    await checkAddress({ store }, { accountId, address: input.address, id: undefined });
    return store.registries.add({ ...registry, accountId, secret: password === '' ? '' : vault.seal(password) }, clock());
  });
}

/** Changes what is given; what is left out stays. @throws LazaretError 'not-found', 'invalid-input', 'conflict'. */
export async function updateRegistry(
  { store, clock, vault }: Omit<App, 'dataDir'>,
  { accountId, id }: { readonly accountId: string; readonly id: number },
  changes: Partial<RegistryInput>,
): Promise<void> {
  await store.transaction(async () => {
    const { createdAt: _, updatedAt: __, sync: ___, id: ____, ...known } = await findSealed({ store }, accountId, id);
    const { password, ...rest } = changes;
    const next = { ...known, ...rest };
    checkInput({ ...next, password: password ?? '' });
    await checkAddress({ store }, { accountId, address: next.address, id });
    // A secret is for the host it was given for: whoever may change the address must not learn it elsewhere.
    if (password === undefined && next.address !== known.address && known.secret !== '')
      throw new LazaretError('invalid-input', 'a new address needs the password anew, so that it is not shown to another host');
    const secret = password === undefined ? known.secret : password === '' ? '' : vault.seal(password);
    await store.registries.update(id, { ...next, secret }, clock());
  });
}

/** Forgets a registry, with the images that only it had. @throws LazaretError 'not-found'. */
export async function removeRegistry({ store }: Pick<App, 'store'>, accountId: string, id: number): Promise<void> {
  if (!(await store.registries.remove(accountId, id))) throw notFound(id);
}

/** @throws LazaretError 'not-found'. */
export async function findRegistry({ store }: Pick<App, 'store'>, accountId: string, named: number | string): Promise<ShownRegistry> {
  const registry = typeof named === 'number' ? await store.registries.find(accountId, named) : await store.registries.findByName(accountId, named);
  if (registry === undefined) throw notFound(named);
  return shown(registry);
}

/** Whether a registry of this name is known, but for one by its id. */
export async function isRegistryName({ store }: Pick<App, 'store'>, accountId: string, name: string, but?: number): Promise<boolean> {
  const registry = await store.registries.findByName(accountId, name);
  return registry !== undefined && registry.id !== but;
}

export async function listRegistries({ store }: Pick<App, 'store'>, query: Parameters<App['store']['registries']['list']>[0]): Promise<Listing<ShownRegistry>> {
  const { total, rows } = await store.registries.list(query);
  return { total, rows: rows.map(shown) };
}

/** Has registries looked at as soon as a worker is free, all or some; one that is being looked at already is left to it. @throws LazaretError 'not-found'. */
export async function queueSyncs({ store }: Pick<App, 'store'>, accountId: string, ids: readonly number[] | 'all'): Promise<void> {
  await store.transaction(async () => {
    const chosen = ids === 'all' ? (await store.registries.all()).filter((registry) => registry.accountId === accountId).map(({ id }) => id) : ids;
    for (const id of new Set(chosen)) {
      const { sync } = await findSealed({ store }, accountId, id);
      if (sync.state !== 'queued' && sync.state !== 'running') await store.registries.setSync(accountId, id, { ...sync, state: 'queued', error: '' });
    }
  });
}

async function findSealed({ store }: Pick<App, 'store'>, accountId: string, id: number): Promise<Registry> {
  const registry = await store.registries.find(accountId, id);
  if (registry === undefined) throw notFound(id);
  return registry;
}

function notFound(named: number | string): LazaretError {
  return new LazaretError('not-found', `there is no registry ${String(named).slice(0, 100)}`);
}

function shown({ secret, ...registry }: Registry): ShownRegistry {
  return { ...registry, hasSecret: secret !== '' };
}

// Images say by their address which registry they are of.
async function checkAddress(
  { store }: Pick<Records, 'store'>,
  { accountId, address, id }: { readonly accountId: string; readonly address: string; readonly id: number | undefined },
): Promise<void> {
  const other = await store.registries.findByAddress(accountId, address);
  if (other !== undefined && other.id !== id) throw new LazaretError('conflict', `the registry ${other.name} has the address ${address} already`);
}

const most = { repositories: 1000, patterns: 100, newestTags: 10_000 } as const;

function checkInput({ name, address, region, username, password, policy }: RegistryInput): void {
  if (!/^[^\p{C}\s](?:[^\p{C}]{0,62}[^\p{C}\s])?$/u.test(name)) throw invalid('the name of a registry has 1 to 64 characters, none of them invisible');
  if (!isRegistryAddress(address)) throw invalid(`'${address.slice(0, 100)}' is no address; write HOST or HOST:PORT, such as registry.example:5000`);
  if (!/^[\w.-]{0,64}$/.test(region)) throw invalid('a region has up to 64 letters, digits or . _ -');
  if (!/^[^\p{Cc}:]{0,256}$/u.test(username)) throw invalid('a user name has up to 256 characters and no colon');
  if (password.length > 8192 || /[\r\n\0]/.test(password)) throw invalid('a password has up to 8192 characters in one line');
  checkPolicy(policy);
}

function checkPolicy({ repositories, repositoryPatterns, tagPatterns, newestTags, schedule }: RegistryPolicy): void {
  const wrong = repositories.find((name) => !isRepositoryName(name));
  if (wrong !== undefined) throw invalid(`'${wrong.slice(0, 100)}' is no name of a repository, such as team/app`);
  if (repositories.length > most.repositories) throw invalid(`at most ${most.repositories} repositories can be named`);
  for (const patterns of [repositoryPatterns, tagPatterns]) {
    if (patterns.length > most.patterns) throw invalid(`there can be at most ${most.patterns} patterns`);
    if (patterns.some((pattern) => pattern === '' || pattern.length > longestGlob)) throw invalid(`a pattern has 1 to ${longestGlob} characters`);
  }
  if (!Number.isInteger(newestTags) || newestTags < 0 || newestTags > most.newestTags)
    throw invalid(`the number of newest tags is from 1 to ${most.newestTags}, or 0 for all`);
  if (schedule !== '' && !isCron(schedule))
    throw invalid(`'${schedule.slice(0, 100)}' is no cron expression of five fields (minute hour day month weekday, UTC), such as '0 3 * * *'`);
}

function invalid(message: string): LazaretError {
  return new LazaretError('invalid-input', message);
}
