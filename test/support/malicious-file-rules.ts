import { sas } from '#clouds/alibaba/sas/index.ts';
import { askAlibabaWell } from './alibaba-call.ts';
import type { TestCall } from './cloud-call.ts';

interface Rule {
  readonly Id: number | string;
  readonly FieldValue: string;
}

async function askAction(call: TestCall, action: string, raw: Readonly<Record<string, unknown>>): Promise<object> {
  const operation = sas.operations.find((one) => one.action === action);
  if (operation === undefined) throw new Error(`there is no ${action}`);
  return askAlibabaWell(operation, call, raw);
}

/** Adds a rule for malicious files by MD5 and gives its id. */
export async function addFileRule(call: TestCall, md5: string, more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const answer = (await askAction(call, 'CreateMaliciousFileWhitelistConfig', { Field: 'fileMd5', FieldValue: md5, ...more })) as { readonly Data: Rule };
  return Number(answer.Data.Id);
}

/** Values of the rules there are, newest first. */
export async function fileRuleValues(call: TestCall): Promise<readonly string[]> {
  const answer = (await askAction(call, 'ListMaliciousFileWhitelistConfigs', {})) as { readonly List: readonly Rule[] };
  return answer.List.map(({ FieldValue }) => FieldValue);
}
