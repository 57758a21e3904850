import { readFileSync } from 'node:fs';

/** Type of a field as a declaration has it. */
export type FieldType =
  | { readonly kind: 'text' | 'number' | 'boolean' }
  | { readonly kind: 'list'; readonly item: FieldType }
  | { readonly kind: 'object'; readonly name: string };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
}

/** Fields by name, of every interface by name. */
export type Declarations = ReadonlyMap<string, ReadonlyMap<string, Field>>;

/**
 * Reads the interfaces of generated declarations: flat interfaces of fields that are `string`, `number`, `boolean`, another interface, or a list of
 * these. Anything else in the file is an error, so that nothing stays unchecked in silence.
 */
export function readDeclarations(path: string): Declarations {
  const text = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const interfaces = new Map<string, ReadonlyMap<string, Field>>();
  for (const [, name = '', body = ''] of text.matchAll(/export interface (\w+) \{([^}]*)\}/g)) interfaces.set(name, readFields(name, body));
  for (const [, name = ''] of text.matchAll(/export type (\w+) = null;/g)) interfaces.set(name, new Map());
  return interfaces;
}

function readFields(owner: string, body: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const line of body.split(/[;\n]/).map((part) => part.trim())) {
    if (line === '' || line.startsWith('//')) continue;
    const [, name = '', optional = '', type = ''] = /^(?:readonly )?(\w+)(\??): (.+)$/.exec(line) ?? [];
    if (name === '') throw new Error(`${owner}: cannot read "${line}"`);
    fields.set(name, { name, type: readType(type.trim()), required: optional === '' });
  }
  return fields;
}

const plainTypes: Readonly<Record<string, FieldType>> = { string: { kind: 'text' }, number: { kind: 'number' }, boolean: { kind: 'boolean' } };

function readType(text: string): FieldType {
  const item = /^(?:readonly )?(?:Array<(.+)>|(.+)\[\])$/.exec(text);
  if (item !== null) return { kind: 'list', item: readType((item[1] ?? item[2] ?? '').trim()) };
  const wanted = text.replace(' | bigint', '');
  const plain = Object.hasOwn(plainTypes, wanted) ? plainTypes[wanted] : undefined;
  if (plain !== undefined) return plain;
  if (/^\w+$/.test(text)) return { kind: 'object', name: text };
  throw new Error(`cannot read the type ${text}`);
}

/** Where a value does not fit its declaration, as `path: what is wrong`. `floats` are names of number fields that need not be whole. */
export function misfits(declarations: Declarations, value: unknown, name: string, floats: ReadonlySet<string> = new Set()): readonly string[] {
  return misfitsOf({ declarations, floats }, { value, type: { kind: 'object', name }, path: name });
}

interface Rules {
  readonly declarations: Declarations;
  readonly floats: ReadonlySet<string>;
}

interface Spot {
  readonly value: unknown;
  readonly type: FieldType;
  readonly path: string;
}

function misfitsOf(rules: Rules, { value, type, path }: Spot): readonly string[] {
  switch (type.kind) {
    case 'text':
    case 'boolean': {
      const wanted = type.kind === 'text' ? 'string' : 'boolean';
      return typeof value === wanted ? [] : [`${path}: ${typeof value}, not ${wanted}`];
    }
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return [`${path}: ${typeof value}, not number`];
      const whole = Number.isSafeInteger(value) || rules.floats.has(path.replace(/^.*\./, ''));
      return whole ? [] : [`${path}: ${value} is no whole number below 2^53`];
    }
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item: unknown, index) => misfitsOf(rules, { value: item, type: type.item, path: `${path}[${index}]` }))
        : [`${path}: no list`];
    case 'object':
      return misfitsOfObject(rules, { value, type, path });
  }
}

function misfitsOfObject(rules: Rules, { value, type, path }: Spot): readonly string[] {
  const fields = type.kind === 'object' ? rules.declarations.get(type.name) : undefined;
  if (fields === undefined) return [`${path}: no such declaration`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no object`];
  const given = new Map(Object.entries(value));
  const unknown = [...given.keys()].filter((name) => !fields.has(name)).map((name) => `${path}.${name}: not declared`);
  const wrong = [...fields.values()].flatMap((field) => {
    const member: unknown = given.get(field.name);
    // Absent objects may be null or left out.
    if (member === undefined || member === null) return field.required ? [`${path}.${field.name}: missing`] : [];
    return misfitsOf(rules, { value: member, type: field.type, path: `${path}.${field.name}` });
  });
  return [...unknown, ...wrong];
}
