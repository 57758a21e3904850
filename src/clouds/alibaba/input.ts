import type { FlatNode } from '../flat.ts';
import { isNested, nestFlat } from '../flat.ts';
import { isJsonObject, parseJsonText } from '../json.ts';
import type { InputOf, IntegerParameter, ListParameter, Parameter, Parameters, TextParameter } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import type { AlibabaCode } from './errors.ts';
import { refuse } from './errors.ts';

/** Input as it came: decoded parameters of query and form. */
export type RawPairs = Iterable<readonly [string, string]>;

/**
 * Reads an operation's input by its table, or refuses at the first parameter that is missing (`MissingX`) or malformed (`InvalidX`). What the table does not name is
 * ignored, since clients add parameters of their own. Lists are `X.1`, `X.2` … with or without gaps, the text of a JSON array, or a text with commas. Absent is also
 * an empty value, and what careless clients write for nothing: `null`, `undefined`.
 */
export function readInput<P extends Parameters>(parameters: P, pairs: RawPairs): InputOf<P> | Refusal<AlibabaCode> {
  const wanted = [...pairs].filter(([name]) => Object.hasOwn(parameters, name.split('.', 1)[0] ?? ''));
  const nested = nestFlat(wanted);
  if ('misfit' in nested) return refuse(`Invalid${plainName(nested.misfit)}`);
  const trouble: Trouble = { refusal: undefined };
  const value = readMembers(parameters, nested, trouble);
  // The table made every member; the compiler cannot follow it through the loop.
  return trouble.refusal ?? (value as InputOf<P>);
}

interface Trouble {
  refusal: Refusal<AlibabaCode> | undefined;
}

function readMembers(parameters: Parameters, raw: ReadonlyMap<string, unknown>, trouble: Trouble): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (trouble.refusal !== undefined) break;
    const value = raw.get(name);
    const read = isAbsent(value) ? undefined : readValue(parameter, value, name, trouble);
    if (read === undefined && parameter.required === true) trouble.refusal ??= refuse(`Missing${name}`);
    members[name] = read;
  }
  return members;
}

const nothing: ReadonlySet<unknown> = new Set([undefined, null, '', 'null', 'undefined']);

function isAbsent(value: unknown): boolean {
  return nothing.has(value);
}

function readValue(parameter: Parameter, value: unknown, name: string, trouble: Trouble): unknown {
  switch (parameter.kind) {
    case 'text':
      return readText(parameter, value, name, trouble);
    case 'integer':
      return readInteger(parameter, value, name, trouble);
    case 'boolean':
      return readBoolean(value, name, trouble);
    case 'list':
      return readList(parameter, value, name, trouble);
    case 'object': {
      const members = membersOf(value);
      return members === undefined ? invalid(name, trouble) : readMembers(parameter.fields, members, trouble);
    }
  }
}

function readText(parameter: TextParameter, value: unknown, name: string, trouble: Trouble): string | undefined {
  const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  return typeof text === 'string' && text.length <= parameter.max && text.isWellFormed() ? text : invalid(name, trouble);
}

function readInteger(parameter: IntegerParameter, value: unknown, name: string, trouble: Trouble): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < parameter.min || number > parameter.max) return invalid(name, trouble);
  return number === 0 ? 0 : number;
}

function readBoolean(value: unknown, name: string, trouble: Trouble): boolean | undefined {
  const text = typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' || text === 'false' ? text === 'true' : invalid(name, trouble);
}

function readList(parameter: ListParameter, value: unknown, name: string, trouble: Trouble): readonly unknown[] | undefined {
  const items = itemsOf(value);
  if (items === undefined || items.length > parameter.max) return invalid(name, trouble);
  const values: unknown[] = [];
  for (const item of items.filter((one) => !isAbsent(one))) {
    values.push(readValue(parameter.item, item, name, trouble));
    if (trouble.refusal !== undefined) return undefined;
  }
  return values.length === 0 ? undefined : values;
}

// Positions may have gaps where a client left out what it had no value for.
function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (isNested(value)) return inOrder(value);
  if (typeof value !== 'string') return undefined;
  if (!value.trimStart().startsWith('[')) return value.split(',').map((part) => part.trim());
  const parsed = parseJsonText(value);
  return Array.isArray(parsed) ? parsed : undefined;
}

function inOrder(positions: ReadonlyMap<string, FlatNode>): readonly unknown[] | undefined {
  const numbered = [...positions].map(([position, value]) => ({ position: /^\d{1,9}$/.test(position) ? Number(position) : -1, value }));
  if (numbered.some(({ position }) => position === -1)) return undefined;
  return numbered.sort((left, right) => left.position - right.position).map(({ value }) => value);
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (isNested(value)) return value;
  const parsed = typeof value === 'string' ? parseJsonText(value) : value;
  return isJsonObject(parsed) ? new Map(Object.entries(parsed)) : undefined;
}

function invalid(name: string, trouble: Trouble): undefined {
  trouble.refusal ??= refuse(`Invalid${plainName(name)}`);
  return undefined;
}

// The caller's own text in a code: short and printable.
function plainName(name: string): string {
  return (name.split('.', 1)[0] ?? '').replace(/\W/g, '').slice(0, 64);
}
