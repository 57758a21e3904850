import { LazaretError } from '#domain/error.ts';
import type { AllowRule, App, Listing, NewAllowRule } from './app.ts';

/** Adds a rule; findings that it allows are allowed at once. Returns its id. */
export async function addAllowRule({ store, clock }: App, rule: NewAllowRule): Promise<number> {
  return store.allowRules.add(rule, clock());
}

/** Replaces a rule. @throws LazaretError 'not-found'. */
export async function updateAllowRule({ store, clock }: App, id: number, rule: NewAllowRule): Promise<void> {
  await store.allowRules.update(id, rule, clock());
}

/** Removes a rule; what it alone allowed is open again. @throws LazaretError 'not-found'. */
export async function removeAllowRule({ store, clock }: App, accountId: string, id: number): Promise<void> {
  if (!(await store.allowRules.remove(accountId, id, clock()))) throw new LazaretError('not-found', `no rule ${id}`);
}

/** @throws LazaretError 'not-found' when the account has no such rule. */
export async function findAllowRule({ store }: App, accountId: string, id: number): Promise<AllowRule> {
  const rule = await store.allowRules.find(accountId, id);
  if (rule === undefined) throw new LazaretError('not-found', `no rule ${id}`);
  return rule;
}

/** One page of a list of rules, newest first. */
export async function listAllowRules(
  { store }: App,
  accountId: string,
  request: Omit<Parameters<App['store']['allowRules']['list']>[0], 'accountId'>,
): Promise<Listing<AllowRule>> {
  return store.allowRules.list({ accountId, ...request });
}
