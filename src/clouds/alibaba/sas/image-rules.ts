import type { AllowCondition, AllowRule } from '#app/app.ts';
import { isJsonObject, parseJsonText } from '../../json.ts';
import type { Refusal } from '../../refusal.ts';
import { refuse } from '../errors.ts';

/** The list in which these rules stand. */
export const imageRuleList = 'image-event';

/** What stands with a rule as the caller gave it. */
export type ImageRuleFacts = Readonly<Record<'eventType' | 'operationCode' | 'eventKey' | 'eventName' | 'source', string>>;

/** EventType. Sensitive files are not looked for, so that a rule for them can only be about a content that is named by its MD5. */
export const eventTypes = ['maliciousFile', 'sensitiveFile'] as const;
export const whitelistCode = 'whitelist';

/** Source as it is given, and as it is read back. */
export const ruleSources: Readonly<Record<string, 'default' | 'agentless'>> = { image: 'default', default: 'default', agentless: 'agentless' };

export const conditionFields = { MD5: 'md5', PATH: 'path' } as const satisfies Record<string, AllowCondition['field']>;
export const matchTypes = { equals: 'equals', contains: 'contains', startWith: 'startsWith', endWith: 'endsWith' } as const satisfies Record<
  string,
  AllowCondition['match']
>;

const mostConditions = 20;
const mostValue = 4096;

/** A rule's text parameters. */
export const ruleText = { kind: 'text', max: 512 } as const;
export const ruleJson = { kind: 'text', max: 65_536 } as const;
export const ruleId = { kind: 'integer', min: 1, max: Number.MAX_SAFE_INTEGER } as const;

/** Reads Conditions, the text of a JSON array of `{condition, type, value}`. All of them must hold. */
export function readConditions(text: string, eventType: string): readonly AllowCondition[] | Refusal {
  const parsed = parseJsonText(text);
  if (!Array.isArray(parsed) || parsed.length === 0 || parsed.length > mostConditions) return refuse('InvalidConditions');
  const conditions = parsed.map(readCondition);
  if (!conditions.every((condition) => condition !== undefined)) return refuse('InvalidConditions');
  const namesContent = conditions.some(({ field, match }) => field === 'md5' && match === 'equals');
  if (eventType === 'sensitiveFile' && !namesContent) {
    return refuse('InvalidConditions', {
      en: 'Sensitive files are not looked for: a rule of this type must name a content by MD5 and equals.',
      zh: '不检测敏感文件：该类型的规则必须以 MD5 等于的条件指定文件内容。',
    });
  }
  return conditions;
}

function readCondition(value: unknown): AllowCondition | undefined {
  if (!isJsonObject(value)) return undefined;
  const { condition, type, value: wanted } = value;
  const field = ofTable(conditionFields, condition);
  const match = ofTable(matchTypes, type);
  const isText = typeof wanted === 'string' && wanted !== '' && wanted.length <= mostValue && wanted.isWellFormed();
  return field === undefined || match === undefined || !isText ? undefined : { field, match, value: wanted };
}

function ofTable<T>(table: Readonly<Record<string, T>>, key: unknown): T | undefined {
  if (typeof key !== 'string') return undefined;
  const found = Object.entries(table).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found?.[1];
}

/** Reads Scenarios, `{type, value}` as JSON or an array of such: repositories as `namespace/name`; none of them stands for all images. */
export function readScenarios(text: string): { readonly repositories: readonly string[] } | Refusal {
  const parsed = parseJsonText(text);
  const given: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const repositories: string[] = [];
  for (const scenario of given) {
    if (!isJsonObject(scenario)) return refuse('InvalidScenarios');
    const { type, value = '' } = scenario;
    if (type === 'default' && value === '') continue;
    if (type !== 'repo' || typeof value !== 'string' || value === '' || value.length > 512 || !value.isWellFormed()) return refuse('InvalidScenarios');
    repositories.push(value);
  }
  if (given.length === 0 || repositories.length > mostConditions || (repositories.length > 0 && repositories.length < given.length))
    return refuse('InvalidScenarios');
  return { repositories };
}

export function scenarioText(repository: string | undefined): string {
  return JSON.stringify(repository === undefined ? { type: 'default', value: '' } : { type: 'repo', value: repository });
}

export interface ImageEventOperation {
  readonly Id: number;
  readonly EventType: string;
  readonly OperationCode: string;
  readonly EventKey: string;
  readonly EventName: string;
  readonly Conditions: string;
  readonly Scenarios: string;
  readonly Source: string;
  readonly Note: string;
}

/** A rule as the vendor tells it. */
export function imageEventOperation({ id, conditions, repositories, note, extra }: AllowRule): ImageEventOperation {
  const scenarios = repositories.map((repository) => scenarioText(repository));
  return {
    Id: id,
    EventType: extra['eventType'] ?? '',
    OperationCode: extra['operationCode'] ?? '',
    EventKey: extra['eventKey'] ?? '',
    EventName: extra['eventName'] ?? '',
    Conditions: JSON.stringify(conditions.map(conditionText)),
    Scenarios: scenarios.length > 1 ? `[${scenarios.join(',')}]` : (scenarios[0] ?? scenarioText(undefined)),
    Source: extra['source'] ?? '',
    Note: note,
  };
}

function conditionText({ field, match, value }: AllowCondition): { readonly condition: string; readonly type: string; readonly value: string } {
  return { condition: nameIn(conditionFields, field), type: nameIn(matchTypes, match), value };
}

function nameIn(table: Readonly<Record<string, string>>, wanted: string): string {
  return Object.entries(table).find(([, value]) => value === wanted)?.[0] ?? wanted;
}
