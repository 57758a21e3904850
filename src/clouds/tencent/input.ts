import type { FlatNode } from '../flat.ts';
import { isNested } from '../flat.ts';
import { isJsonObject } from '../json.ts';
import type { InputOf, IntegerParameter, ListParameter, Parameter, Parameters, TextParameter } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import type { TencentCode } from './errors.ts';
import { refuse } from './errors.ts';

/** Input as it came: the members of a JSON body, or flat parameters nested at their dots. */
export type RawInput = Readonly<Record<string, unknown>> | ReadonlyMap<string, FlatNode>;

/**
 * Reads an operation's input by its table, or refuses at the first member that is unknown, missing, of another type or out of range. Names are
 * case-sensitive. Absent is also what is null, an empty text of an optional parameter, an empty list, and in flat form an empty value of
 * what is no text. An integer may be decimal text. Text with a lone surrogate is refused.
 */
export function readInput<P extends Parameters>(parameters: P, raw: RawInput): InputOf<P> | Refusal<TencentCode> {
  const trouble: Trouble = { refusal: undefined };
  const value = readMembers(parameters, raw, '', trouble);
  // The table made every member; the compiler cannot follow it through the loop.
  return trouble.refusal ?? (value as InputOf<P>);
}

// The first thing wrong. A holder and not an exception, since a refusal is an ordinary outcome.
interface Trouble {
  refusal: Refusal<TencentCode> | undefined;
}

type Members = Record<string, unknown>;

function readMembers(parameters: Parameters, raw: RawInput, prefix: string, trouble: Trouble): Members {
  const given = isNested(raw) ? [...raw.keys()] : Object.keys(raw);
  const unknown = given.find((name) => !Object.hasOwn(parameters, name));
  if (unknown !== undefined) fail(trouble, 'UnknownParameter', prefix + unknown, 'is not a parameter of this action', '不是该接口的参数');
  const members: Members = {};
  for (const name of Object.keys(parameters)) {
    const parameter = parameters[name];
    if (parameter === undefined || trouble.refusal !== undefined) break;
    const value = memberOf(raw, name);
    const path = prefix + name;
    const read = isAbsent(parameter, value) ? undefined : readValue(parameter, value, path, trouble);
    if (read === undefined && parameter.required === true) fail(trouble, 'MissingParameter', path, 'is required', '是必填参数');
    members[name] = read;
  }
  return members;
}

function memberOf(raw: RawInput, name: string): unknown {
  if (isNested(raw)) return raw.get(name);
  return Object.hasOwn(raw, name) ? raw[name] : undefined;
}

function isAbsent(parameter: Parameter, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return parameter.kind === 'list' && Array.isArray(value) && value.length === 0;
}

function readValue(parameter: Parameter, value: unknown, path: string, trouble: Trouble): unknown {
  switch (parameter.kind) {
    case 'text':
      return readText(parameter, value, path, trouble);
    case 'integer':
      return readInteger(parameter, value, path, trouble);
    case 'boolean':
      return readBoolean(value, path, trouble);
    case 'list':
      return readList(parameter, value, path, trouble);
    case 'object':
      if (isNested(value) || isJsonObject(value)) return readMembers(parameter.fields, value, `${path}.`, trouble);
      return fail(trouble, 'InvalidParameter', path, 'must be an object', '必须是对象');
  }
}

function readText(parameter: TextParameter, value: unknown, path: string, trouble: Trouble): string | undefined {
  if (typeof value !== 'string') return fail(trouble, 'InvalidParameter', path, 'must be a string', '必须是字符串');
  if (value.length > parameter.max) {
    return fail(trouble, 'InvalidParameterValue', path, `must have at most ${parameter.max} characters`, `长度不能超过 ${parameter.max}`);
  }
  if (!value.isWellFormed()) return fail(trouble, 'InvalidParameter', path, 'must be valid Unicode', '必须是有效的 Unicode 文本');
  return value;
}

const decimal = /^-?\d{1,16}$/;

function readInteger(parameter: IntegerParameter, value: unknown, path: string, trouble: Trouble): number | undefined {
  const number = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) return fail(trouble, 'InvalidParameter', path, 'must be an integer', '必须是整数');
  if (number < parameter.min || number > parameter.max) {
    return fail(trouble, 'InvalidParameterValue', path, `must be from ${parameter.min} to ${parameter.max}`, `取值范围为 ${parameter.min} 到 ${parameter.max}`);
  }
  return number === 0 ? 0 : number;
}

function readBoolean(value: unknown, path: string, trouble: Trouble): boolean | undefined {
  if (typeof value === 'boolean') return value;
  // The flat form has only text, and SDKs write it in different case.
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  return fail(trouble, 'InvalidParameter', path, 'must be true or false', '必须是 true 或 false');
}

function readList(parameter: ListParameter, value: unknown, path: string, trouble: Trouble): readonly unknown[] | undefined {
  const items: unknown = isNested(value) ? inOrder(value) : value;
  if (!Array.isArray(items)) return fail(trouble, 'InvalidParameter', path, 'must be a list', '必须是数组');
  if (items.length > parameter.max) {
    return fail(trouble, 'InvalidParameterValue', path, `must have at most ${parameter.max} items`, `元素个数不能超过 ${parameter.max}`);
  }
  const values: unknown[] = [];
  for (const [index, item] of items.entries()) {
    const read =
      item === null
        ? fail(trouble, 'InvalidParameter', `${path}.${index}`, 'must not be null', '不能为 null')
        : readValue(parameter.item, item, `${path}.${index}`, trouble);
    if (trouble.refusal !== undefined) return undefined;
    values.push(read);
  }
  return values;
}

// Positions may have gaps, when a client left out what it had no value for.
function inOrder(positions: ReadonlyMap<string, unknown>): readonly unknown[] | undefined {
  const numbered = [...positions].map(([position, value]) => ({ position: /^\d{1,9}$/.test(position) ? Number(position) : -1, value }));
  if (numbered.some(({ position }) => position === -1)) return undefined;
  return numbered.sort((left, right) => left.position - right.position).map(({ value }) => value);
}

function fail(trouble: Trouble, code: TencentCode, path: string, en: string, zh: string): undefined {
  const shown = shorten(path);
  trouble.refusal ??= refuse(code, { en: `The parameter \`${shown}\` ${en}.`, zh: `参数 \`${shown}\` ${zh}。` });
  return undefined;
}

// Names of unknown parameters are the caller's text: keep the message short and printable.
function shorten(path: string): string {
  // oxlint-disable-next-line no-control-regex -- what the caller sends may hold any character
  const clean = path.replace(/[\u0000-\u001f\u007f`]/g, '?').toWellFormed();
  return clean.length > 128 ? `${clean.slice(0, 128)}…` : clean;
}
