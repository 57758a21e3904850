import type { App, AuditRecord } from '#app/app.ts';
import { permissionOf } from '#domain/policy.ts';
import type { Key } from './keyring.ts';
import type { RateLimit } from './rate.ts';

/** Who called what, for the audit record. */
export type AuditedCall = Omit<AuditRecord, 'at' | 'code' | 'input'>;

/** What stands between a signed request and its operation, the same for every cloud: permission, rate, and the record of changes. */
export interface CallGuard {
  /** undefined when the key may do it; `action` is the cloud's product prefix and action, such as `tcss:DescribeAssetImageList`. */
  permit(key: Key, action: string): 'implicit-deny' | 'explicit-deny' | undefined;
  /** Counts one more request of the account for the action. */
  count(accountId: string, action: string): { readonly exceeded: boolean; readonly count: number; readonly limit: number; readonly retryAfterMs: number };
  /** Writes down what became of a call that changes something. */
  record(call: AuditedCall, outcome: { readonly code: string; readonly input: object }): Promise<void>;
}

const longestInput = 4096;
/** Members whose values are nobody's business. */
const secretName = /password|secret|token|credential/i;

export function createCallGuard(app: App, rate: RateLimit): CallGuard {
  return {
    permit(key, action) {
      if (key.policies === undefined) return undefined;
      const permission = permissionOf(key.policies, action);
      return permission === 'allow' ? undefined : permission;
    },
    count(accountId, action) {
      const limit = rate.perSecond;
      const count = limit === 0 ? 0 : rate.count(`${accountId}\n${action}`);
      return { exceeded: count > limit, count, limit, retryAfterMs: 1000 - (app.clock() % 1000) };
    },
    record: (call, { code, input }) => app.store.audit.add({ ...call, at: app.clock(), code, input: shown(input) }),
  };
}

function shown(input: object): string {
  const text = JSON.stringify(input, (name, value: unknown) => (secretName.test(name) ? '***' : value));
  return text.length <= longestInput ? text : `${text.slice(0, longestInput)}…`.toWellFormed();
}
