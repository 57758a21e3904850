import type { AllowCondition, AllowRule, NewAllowRule } from '#app/app.ts';
import type { Refusal } from '../../refusal.ts';
import { refuse } from '../errors.ts';
import { success } from './success.ts';

/** The list in which these rules stand. */
export const maliciousFileRuleList = 'malicious-file';

export const successWithStatus = { ...success, HttpStatusCode: 200 } as const;

const text = { kind: 'text', max: 512 } as const;

/** What a rule is made of; the vendor requires none of it. */
export const ruleFields = {
  EventName: text,
  Field: text,
  FieldValue: { kind: 'text', max: 4096 },
  Operator: text,
  Source: text,
  TargetType: text,
  TargetValue: text,
} as const;
export const configId = { kind: 'integer', min: 1, max: Number.MAX_SAFE_INTEGER } as const;

type Facts = Readonly<Record<keyof typeof ruleFields, string>>;
export type RuleInput = { readonly [Name in keyof Facts]: string | undefined } & { readonly Remark?: string | undefined };

/** What stands in for a field that is not given. */
const defaults: Facts = { EventName: 'ALL', Field: '', FieldValue: '', Operator: 'strEqual', Source: 'agentless', TargetType: 'ALL', TargetValue: 'ALL' };

const fields: Readonly<Record<string, { readonly field: AllowCondition['field']; readonly form: RegExp }>> = {
  fileMd5: { field: 'md5', form: /^[0-9a-f]{32}$/i },
  fileSha256: { field: 'sha256', form: /^[0-9a-f]{64}$/i },
  filePath: { field: 'path', form: /^/ },
};

/** Reads a rule; with `known` what is not given stays as it is. */
export function readRule(accountId: string, input: RuleInput, known?: AllowRule): NewAllowRule | Refusal {
  const facts = { ...defaults, ...known?.extra } as Record<keyof Facts, string>;
  for (const name of Object.keys(ruleFields) as (keyof Facts)[]) facts[name] = input[name] ?? facts[name];
  if (facts.Field === '') return refuse('MissingField');
  if (facts.FieldValue === '') return refuse('MissingFieldValue');
  const compared = Object.hasOwn(fields, facts.Field) ? fields[facts.Field] : undefined;
  if (compared === undefined) return refuse('InvalidField');
  if (!compared.form.test(facts.FieldValue)) return refuse('InvalidFieldValue');
  if (facts.Operator !== 'strEqual') return refuse('InvalidOperator');
  if (facts.Source !== 'agentless') return refuse('InvalidSource');
  if (facts.TargetType !== 'ALL')
    return refuse('InvalidTargetType', { en: 'There are no selections of assets: TargetType is ALL.', zh: '不支持资产选择：TargetType 只能为 ALL。' });
  if (facts.TargetValue !== 'ALL') return refuse('InvalidTargetValue');
  const conditions: AllowCondition[] = [{ field: compared.field, match: 'equals', value: facts.FieldValue }];
  if (facts.EventName !== 'ALL') conditions.push({ field: 'name', match: 'equals', value: facts.EventName });
  const { Remark: note = known?.note ?? '' } = input;
  return { accountId, list: maliciousFileRuleList, conditions, repositories: [], imageIds: [], note, extra: facts };
}

/** A rule's facts as the vendor tells them. Count is of assets that a selection names, and there are no selections. */
export function whitelistConfig({ extra, createdAt, updatedAt, note }: AllowRule) {
  return { ...defaults, ...extra, Remark: note, GmtCreate: String(createdAt), GmtModified: String(updatedAt) };
}
