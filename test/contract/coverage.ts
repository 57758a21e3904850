import type { Operation } from '#clouds/operation.ts';
import type { Declarations, Field, FieldType } from './declarations.ts';

/** A product as its coverage is told. */
export interface Surface {
  /** Heading, such as `Tencent TCSS 2020-11-01`. */
  readonly title: string;
  readonly operations: readonly Operation[];
  readonly declarations: Declarations;
  /** Name of the declaration of an action's answer. */
  answerOf(action: string): string;
  /** Fields that say nothing here, as `Declaration.Field`, with the reason; `*.Field` stands for all declarations. */
  readonly unfilled: Readonly<Record<string, string>>;
  /** Folder of the operations' own tests. */
  readonly tests: string;
}

/** A field of an answer, however deep, as `List[].Name`, with the declaration it stands in. */
export interface Leaf {
  readonly path: string;
  readonly owner: string;
  readonly field: Field;
}

/** All fields of an answer that hold no further fields. A declaration that holds itself is followed once. */
export function leavesOf(declarations: Declarations, name: string): readonly Leaf[] {
  return leavesBelow(declarations, name, { prefix: '', seen: new Set([name]) });
}

function leavesBelow(declarations: Declarations, owner: string, at: { readonly prefix: string; readonly seen: ReadonlySet<string> }): readonly Leaf[] {
  const fields = declarations.get(owner);
  if (fields === undefined) throw new Error(`there is no declaration ${owner}`);
  return [...fields.values()]
    .filter(({ name }) => name !== 'RequestId')
    .flatMap((field) => {
      const { type, marks } = unwrap(field.type);
      const path = `${at.prefix}${field.name}${marks}`;
      if (type.kind !== 'object' || at.seen.has(type.name)) return [{ path, owner, field }];
      return leavesBelow(declarations, type.name, { prefix: `${path}.`, seen: new Set([...at.seen, type.name]) });
    });
}

function unwrap(type: FieldType): { readonly type: FieldType; readonly marks: string } {
  if (type.kind !== 'list') return { type, marks: '' };
  const inner = unwrap(type.item);
  return { type: inner.type, marks: `[]${inner.marks}` };
}

/** Why a field says nothing here; undefined when it says something. */
export function reasonOf(surface: Surface, { owner, field }: Leaf): string | undefined {
  return surface.unfilled[`${owner}.${field.name}`] ?? surface.unfilled[`*.${field.name}`];
}

/** The coverage page: every operation with its parameters, the fields it fills, and those that say nothing here. */
export function coveragePage(surfaces: readonly Surface[]): string {
  const total = surfaces.reduce((sum, { operations }) => sum + operations.length, 0);
  return [
    '# Operations',
    '',
    `Made by \`npm run coverage\`; a test compares. ${total} operations. Required parameters are marked with \\*. Fields that say nothing here have a number`,
    "of the product's list of reasons. Besides its own test, each operation is driven by `test/contract/operations.test.ts` through the official SDKs, with the least and the fullest request.",
    '',
    ...surfaces.flatMap(surfacePart),
  ].join('\n');
}

function surfacePart(surface: Surface): readonly string[] {
  const reasons = [...new Set(Object.values(surface.unfilled))];
  return [
    `## ${surface.title}`,
    '',
    '| operation | parameters | fields filled | says nothing here | test |',
    '| --- | --- | --- | --- | --- |',
    ...[...surface.operations].sort((left, right) => (left.action < right.action ? -1 : 1)).map((one) => operationRow(surface, one, reasons)),
    '',
    'Reasons:',
    '',
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    '',
  ];
}

function operationRow(surface: Surface, one: Operation, reasons: readonly string[]): string {
  const leaves = leavesOf(surface.declarations, surface.answerOf(one.action));
  const parameters = Object.entries(one.parameters).map(([name, parameter]) => `${name}${parameter.required === true ? '\\*' : ''}`);
  const filled = leaves.filter((leaf) => reasonOf(surface, leaf) === undefined).map(({ path }) => path);
  const silent = leaves.flatMap((leaf) => {
    const reason = reasonOf(surface, leaf);
    return reason === undefined ? [] : [`${leaf.path} (${reasons.indexOf(reason) + 1})`];
  });
  const cells = [one.action, list(parameters), list(filled), list(silent), `\`${surface.tests}/${one.action}.test.ts\``];
  return `| ${cells.join(' | ')} |`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? '—' : names.join(', ');
}
