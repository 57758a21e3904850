import { LazaretError } from '#domain/error.ts';
import type { AllowRule, App, Listing, NewAllowRule } from './app.ts';

type RuleApp = Pick<App, 'store' | 'clock'>;
type ListRequest = Omit<Parameters<App['store']['allowRules']['list']>[0], 'accountId'>;

/** Which rule is meant. A rule of another list than its own does not exist for who asks. */
export interface RuleName {
  readonly accountId: string;
  readonly list: string;
  readonly id: number;
}

/** Adds a rule; what it allows is allowed at once. @throws LazaretError 'invalid-input', 'limit'. */
export async function addAllowRule({ store, clock }: RuleApp, rule: NewAllowRule): Promise<AllowRule> {
  return store.transaction(async () => {
    const id = await store.allowRules.add(rule, clock());
    return findAllowRule({ store }, { accountId: rule.accountId, list: rule.list, id });
  });
}

/** Replaces all of a rule that `change` names; what it does not allow any more is open again. @throws LazaretError 'not-found', 'invalid-input', 'limit'. */
export async function updateAllowRule(
  { store, clock }: RuleApp,
  named: RuleName,
  change: Partial<Omit<NewAllowRule, 'accountId' | 'list'>>,
): Promise<AllowRule> {
  return store.transaction(async () => {
    const known = await findAllowRule({ store }, named);
    await store.allowRules.update(named.id, { ...known, ...change }, clock());
    return findAllowRule({ store }, named);
  });
}

/** Changes the rules that have an id and adds the others: all of them or none. @throws LazaretError 'not-found', 'invalid-input', 'limit'. */
export async function saveAllowRules(
  { store, clock }: RuleApp,
  rules: readonly { readonly id: number | undefined; readonly rule: NewAllowRule }[],
): Promise<void> {
  await store.transaction(async () => {
    for (const { id, rule } of rules) {
      if (id === undefined) await store.allowRules.add(rule, clock());
      else await updateAllowRule({ store, clock }, { accountId: rule.accountId, list: rule.list, id }, rule);
    }
  });
}

/** Removes rules, all or none; what only they allowed is open again. @throws LazaretError 'not-found'. */
export async function removeAllowRules({ store, clock }: RuleApp, owner: Omit<RuleName, 'id'>, ids: readonly number[]): Promise<void> {
  await store.transaction(async () => {
    for (const id of new Set(ids)) {
      await findAllowRule({ store }, { ...owner, id });
      await store.allowRules.remove(owner.accountId, id, clock());
    }
  });
}

/** @throws LazaretError 'not-found'. */
export async function findAllowRule({ store }: Pick<App, 'store'>, { accountId, list, id }: RuleName): Promise<AllowRule> {
  const rule = await store.allowRules.find(accountId, id);
  if (rule?.list !== list) throw new LazaretError('not-found', `there is no rule ${id}`);
  return rule;
}

/** One page of a list of rules, newest first. */
export async function listAllowRules({ store }: Pick<App, 'store'>, accountId: string, request: ListRequest): Promise<Listing<AllowRule>> {
  return store.allowRules.list({ accountId, ...request });
}
