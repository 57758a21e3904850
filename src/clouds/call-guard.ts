import type { App, AuditRecord } from '#app/app.ts';
import { type Permission, permissionOf } from '#domain/policy.ts';
import type { Key } from './keyring.ts';
import type { RateLimit } from './rate.ts';

/** Who called what, for the audit record. */
export type AuditedCall = Omit<AuditRecord, 'at' | 'code' | 'input'>;

/** What stands between a signed request and its operation, the same for every cloud: permission, rate, and the record of changes. */
export interface CallGuard {
  /**
   * undefined when the key may do it. `action` is the cloud's product prefix and action, such as `tcss:DescribeAssetImageList`; `resources` are the ways in which the cloud's
   * policies name all that the key's account has.
   */
  permit(key: Key, action: string, resources: readonly string[]): Exclude<Permission, 'allow'> | undefined;
  /** Counts one more request of the account for the action, named as for `permit`. */
  count(accountId: string, action: string): { readonly exceeded: boolean; readonly count: number; readonly limit: number; readonly retryAfterMs: number };
  /** Requests of one action that an account may make in a second; 0 for no limit. */
  readonly requestsPerSecond: number;
  /** Writes down what became of a call that changes something; to be awaited before its caller is told. */
  record(call: AuditedCall, outcome: { readonly code: string; readonly input: object }): Promise<void>;
  /** The same for a call that was not permitted, but not for more of them than may be made: who may do nothing must not fill the record. */
  recordDenied(call: AuditedCall, code: string): Promise<void>;
}

const longestInput = 4096;
/** Members whose values are nobody's business. */
const secretName = /passw|pwd|secret|token|credential|signature|private|access_?key/i;
/** What stands in an address for those who may use it: name and password before the host, a signature in the query. */
const addressSecrets = /(\bhttps?:\/\/)(?:[^\s/?#@]*@)?([^\s?#]*)(?:\?[^\s#]*)?/gi;

export function createCallGuard(app: App, rate: RateLimit): CallGuard {
  const record: CallGuard['record'] = (call, { code, input }) => app.store.audit.add({ ...call, at: app.clock(), code, input: shown(input) });
  // Lives as long as the keyring remembers the key; actions are those that there are.
  const permissions = new WeakMap<Key, Map<string, Permission>>();
  const permissionFor = (key: Key, policies: NonNullable<Key['policies']>, about: readonly [string, readonly string[]]): Permission => {
    const known = permissions.get(key) ?? new Map<string, Permission>();
    const permission = known.get(about[0]) ?? permissionOf(policies, ...about);
    permissions.set(key, known.set(about[0], permission));
    return permission;
  };
  return {
    permit(key, action, resources) {
      if (key.policies === undefined) return undefined;
      const permission = permissionFor(key, key.policies, [action, resources]);
      return permission === 'allow' ? undefined : permission;
    },
    count(accountId, action) {
      const limit = rate.perSecond;
      const count = limit === 0 ? 0 : rate.count(`${accountId}\n${action}`);
      return { exceeded: count > limit, count, limit, retryAfterMs: 1000 - (app.clock() % 1000) };
    },
    requestsPerSecond: rate.perSecond,
    record,
    async recordDenied(call, code) {
      // Counted apart, so that they take nothing from the account's other keys.
      const count = rate.perSecond === 0 ? 0 : rate.count(`${call.accountId}\n${call.action}\ndenied`);
      if (count <= rate.perSecond) await record(call, { code, input: {} });
    },
  };
}

function shown(input: object): string {
  const text = JSON.stringify(input, (name, value: unknown) => (secretName.test(name) ? '***' : typeof value === 'string' ? withoutSecrets(value) : value));
  return text.length <= longestInput ? text : `${text.slice(0, longestInput)}…`.toWellFormed();
}

function withoutSecrets(text: string): string {
  // A long text is cut later on anyway.
  return text.slice(0, 2 * longestInput).replace(addressSecrets, '$1$2');
}
