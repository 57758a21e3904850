import { type Declarations, type FieldType, fieldsOf } from './declarations.ts';

interface Spot {
  readonly value: unknown;
  readonly type: FieldType;
  readonly path: string;
}

/** What the rules of one product are: its declarations, and the names of number fields that need not be whole. */
export interface Rules {
  readonly declarations: Declarations;
  readonly floats?: ReadonlySet<string>;
}

/** Where an answer does not fit its declaration, as `path: what is wrong`. */
export function misfits(rules: Rules, value: unknown, name: string): readonly string[] {
  return misfitsOf(rules, { value, type: { kind: 'object', name }, path: name });
}

function misfitsOf(rules: Rules, spot: Spot): readonly string[] {
  const { value, type, path } = spot;
  switch (type.kind) {
    case 'text':
    case 'boolean': {
      const wanted = type.kind === 'text' ? 'string' : 'boolean';
      return typeof value === wanted ? [] : [`${path}: ${typeof value}, not ${wanted}`];
    }
    case 'number':
    case 'i32':
    case 'i64':
      return misfitsOfNumber(rules, spot);
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item: unknown, index) => misfitsOf(rules, { value: item, type: type.item, path: `${path}[${index}]` }))
        : [`${path}: no list`];
    case 'object':
      return misfitsOfObject(rules, { value, path }, type.name);
  }
}

function misfitsOfNumber({ floats }: Rules, { value, type, path }: Spot): readonly string[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [`${path}: ${typeof value}, not number`];
  if (type.kind === 'i32' && (value | 0) !== value) return [`${path}: ${value} is no whole number of 32 bits`];
  const whole = Number.isSafeInteger(value) || floats?.has(path.replace(/^.*\./, '')) === true;
  return whole ? [] : [`${path}: ${value} is no whole number below 2^53`];
}

function misfitsOfObject(rules: Rules, { value, path }: Pick<Spot, 'value' | 'path'>, name: string): readonly string[] {
  const fields = fieldsOf(rules.declarations, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no object`];
  const given = new Map(Object.entries(value));
  const unknown = [...given.keys()].filter((key) => !fields.has(key)).map((key) => `${path}.${key}: not declared`);
  const wrong = [...fields.values()].flatMap((field) => {
    const member: unknown = given.get(field.name);
    // What is absent may be null or left out.
    if (member === undefined || member === null) return field.required ? [`${path}.${field.name}: missing`] : [];
    return misfitsOf(rules, { value: member, type: field.type, path: `${path}.${field.name}` });
  });
  return [...unknown, ...wrong];
}
