/** Type of a field as a vendor declares it. `number` is what the declarations of an SDK leave open. */
export type FieldType =
  | { readonly kind: 'text' | 'number' | 'i32' | 'i64' | 'boolean' }
  | { readonly kind: 'list'; readonly item: FieldType }
  | { readonly kind: 'object'; readonly name: string };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
}

/** Fields by name, of every declared structure by name. */
export type Declarations = ReadonlyMap<string, ReadonlyMap<string, Field>>;

/**
 * Reads the interfaces of generated TypeScript declarations: flat interfaces of fields that are `string`, `number`, `boolean`, another interface, or a
 * list of these. Anything else in the file is an error, so that nothing stays unchecked in silence.
 */
export function readInterfaces(source: string): Declarations {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '');
  const interfaces = new Map<string, ReadonlyMap<string, Field>>();
  for (const [, name = '', body = ''] of text.matchAll(/export interface (\w+) \{([^}]*)\}/g)) interfaces.set(name, readInterface(name, body));
  for (const [, name = ''] of text.matchAll(/export type (\w+) = null;/g)) interfaces.set(name, new Map());
  return interfaces;
}

function readInterface(owner: string, body: string): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const line of body.split(/[;\n]/).map((part) => part.trim())) {
    if (line === '' || line.startsWith('//')) continue;
    const [, name = '', optional = '', type = ''] = /^(?:readonly )?(\w+)(\??): (.+)$/.exec(line) ?? [];
    if (name === '') throw new Error(`${owner}: cannot read "${line}"`);
    fields.set(name, { name, type: readType(type.trim()), required: optional === '' });
  }
  return fields;
}

/** Reads the classes of generated JavaScript models, whose constructors set every field to null under a comment with its type. None is required there. */
export function readClasses(source: string): Declarations {
  const classes = new Map<string, ReadonlyMap<string, Field>>();
  for (const part of source.split(/^class /m).slice(1)) {
    const name = /^\w+/.exec(part)?.[0] ?? '';
    const fields = [...part.matchAll(/@type \{(.+?)(?: \|\| null)?\}\s*\*\/\s*this\.(\w+) = null;/g)];
    classes.set(
      name,
      new Map(fields.map(([, type = '', field = '']) => [field, { name: field, type: readType(type.replace('Array.<', 'Array<')), required: false }])),
    );
  }
  return classes;
}

/** Reads declarations written as `Name type` with commas between them; `!` marks what is required. Types are `s`, `b`, `i32`, `i64`, a name, or `[]` before one. */
export function readTable(table: Readonly<Record<string, string>>): Declarations {
  return new Map(
    Object.entries(table).map(([owner, text]) => {
      const fields = text.split(',').map((part) => part.trim());
      return [owner, new Map(fields.filter(Boolean).map((field) => readTableField(owner, field)))];
    }),
  );
}

function readTableField(owner: string, text: string): [string, Field] {
  const [, name = '', marks = '', type = '', required = ''] = /^(\w+) ((?:\[\])*)(\w+)(!?)$/.exec(text) ?? [];
  if (name === '') throw new Error(`${owner}: cannot read "${text}"`);
  const plain = Object.hasOwn(plainTypes, type) ? plainTypes[type] : undefined;
  let wanted: FieldType = plain ?? { kind: 'object', name: type };
  for (let depth = 0; depth < marks.length; depth += 2) wanted = { kind: 'list', item: wanted };
  return [name, { name, type: wanted, required: required !== '' }];
}

const plainTypes: Readonly<Record<string, FieldType>> = {
  string: { kind: 'text' },
  number: { kind: 'number' },
  boolean: { kind: 'boolean' },
  s: { kind: 'text' },
  b: { kind: 'boolean' },
  i32: { kind: 'i32' },
  i64: { kind: 'i64' },
};

function readType(text: string): FieldType {
  const item = /^(?:readonly )?(?:Array<(.+)>|(.+)\[\])$/.exec(text);
  if (item !== null) return { kind: 'list', item: readType((item[1] ?? item[2] ?? '').trim()) };
  const wanted = text.replace(' | bigint', '');
  const plain = Object.hasOwn(plainTypes, wanted) ? plainTypes[wanted] : undefined;
  if (plain !== undefined) return plain;
  if (/^\w+$/.test(text)) return { kind: 'object', name: text };
  throw new Error(`cannot read the type ${text}`);
}

/** The declared fields of a structure. */
export function fieldsOf(declarations: Declarations, name: string): ReadonlyMap<string, Field> {
  const fields = declarations.get(name);
  if (fields === undefined) throw new Error(`there is no declaration ${name}`);
  return fields;
}

/** Name of the structure that a type holds, in lists or not; undefined for plain values. */
export function structureOf(type: FieldType): string | undefined {
  if (type.kind === 'list') return structureOf(type.item);
  return type.kind === 'object' ? type.name : undefined;
}
