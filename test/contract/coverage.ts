import type { Operation } from '#clouds/operation.ts';
import type { Declarations } from './declarations.ts';
import { fieldsOf } from './declarations.ts';
import { leavesOf } from './observe.ts';
import { type Case, declarationsOf, declares, gather, idlenessOf, type Surface } from './surface.ts';

/** Where the page stands. */
export const coveragePath = 'docs/coverage.md';

/** Operations without a case, cases without an operation, and parameters and reasons that stand nowhere or contradict each other. */
export function gaps(surface: Surface): readonly string[] {
  const cases = gather<Case>(surface, 'cases');
  const actions = surface.operations.map(({ action }) => action);
  const undeclared = actions.filter((action) => declarationsOf(surface, action) === undefined);
  return [
    ...actions.filter((action) => !cases.has(action)).map((action) => `${action} has no case`),
    ...[...cases.keys()].filter((action) => !actions.includes(action)).map((action) => `there is a case of ${action}, which is no operation`),
    ...undeclared.map((action) => `${action} is declared by no client`),
    ...unnamedReasons(surface),
    ...(undeclared.length > 0 ? [] : [...parameterGaps(surface), ...strayReasons(surface)]),
  ];
}

function unnamedReasons(surface: Surface): readonly string[] {
  const known = new Set(Object.values(surface.reasons));
  const given = [...gather<string>(surface, 'silent'), ...gather<string>(surface, 'idle')];
  return given.filter(([, reason]) => !known.has(reason)).map(([key]) => `the reason for ${key} is none of the product's`);
}

function parameterGaps(surface: Surface): readonly string[] {
  const idle = gather<string>(surface, 'idle');
  return surface.operations.flatMap(({ action, parameters }) => {
    const declared = new Set(surface.clients.filter((client) => declares(client, action)).flatMap(({ declarations }) => [...requestOf(declarations, action)]));
    return [
      ...[...declared]
        .filter((name) => !Object.hasOwn(parameters, name) && idlenessOf(idle, action, name) === undefined)
        .map((name) => `${action}.${name} is declared and not handled, without a reason`),
      ...Object.keys(parameters)
        .filter((name) => !declared.has(name) && idlenessOf(idle, action, name) === undefined)
        .map((name) => `${action}.${name} is handled and not declared`),
    ];
  });
}

function requestOf(declarations: Declarations, action: string): readonly string[] {
  return [...fieldsOf(declarations, `${action}Request`).keys()];
}

// Reasons for what no operation has.
function strayReasons(surface: Surface): readonly string[] {
  const silent = gather<string>(surface, 'silent');
  const used = new Set<string>();
  for (const { action } of surface.operations) {
    for (const client of surface.clients.filter((one) => declares(one, action))) {
      for (const { owner, name, path } of leavesOf({ declarations: client.declarations, action, silent }))
        used.add(`${owner}.${name}`).add(`${action}: ${path}`);
    }
  }
  const parameters = new Set(
    surface.operations.flatMap((one) => {
      const names = new Set([
        ...Object.keys(one.parameters),
        ...surface.clients.flatMap(({ declarations }) => (declares({ declarations } as never, one.action) ? requestOf(declarations, one.action) : [])),
      ]);
      return [...names].flatMap((name) => [`${one.action}.${name}`, `*.${name}`]);
    }),
  );
  return [
    ...[...silent.keys()].filter((key) => !used.has(key)).map((key) => `there is a reason for ${key}, which no answer has`),
    ...[...gather<string>(surface, 'idle').keys()]
      .filter((key) => !parameters.has(key.split('.').slice(0, 2).join('.')))
      .map((key) => `there is a reason for ${key}, which is no parameter`),
  ];
}

/** The page: every operation with its parameters, the fields it fills, and what says or changes nothing, with the reason. */
export function coveragePage(surfaces: readonly Surface[]): string {
  const total = surfaces.reduce((sum, { operations }) => sum + operations.length, 0);
  return [
    '# Coverage',
    '',
    `Made by \`npm run coverage\` from the operations and from what is declared in \`test/contract\`; a test compares. ${total} operations.`,
    '[test/e2e/contract.test.ts](../test/e2e/contract.test.ts) drives each of them through the official clients, from the least request to the fullest: a filled field has',
    'been seen with different values, and one that has a reason never has. Each parameter that is handled changes an answer of an operation that only reads. The reasons stand below each table. Required parameters are marked with `!`.',
    '',
    ...surfaces.filter(({ operations }) => operations.length > 0).flatMap(surfacePart),
  ].join('\n');
}

function surfacePart(surface: Surface): readonly string[] {
  const sorted = [...surface.operations].sort((left, right) => (left.action < right.action ? -1 : 1));
  return [
    `## ${surface.title}`,
    '',
    '| operation and its test | parameters handled | parameters without effect | fields filled | fields not filled, or always the same |',
    '| --- | --- | --- | --- | --- |',
    ...sorted.map((one) => operationRow(surface, one)),
    '',
    'Reasons:',
    '',
    ...reasonsGiven(surface).map((reason) => `- *${labelOf(surface, reason)}*: ${reason}`),
    '',
  ];
}

function reasonsGiven(surface: Surface): readonly string[] {
  const given = new Set([...gather<string>(surface, 'silent').values(), ...gather<string>(surface, 'idle').values()]);
  return Object.values(surface.reasons).filter((reason) => given.has(reason));
}

function labelOf({ reasons }: Surface, reason: string): string {
  const name = Object.keys(reasons).find((key) => reasons[key] === reason) ?? '';
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function operationRow(surface: Surface, one: Operation): string {
  const { action } = one;
  const declarations = declarationsOf(surface, action) ?? new Map();
  const idle = gather<string>(surface, 'idle');
  const parameters = [...new Set([...requestOf(declarations, action), ...Object.keys(one.parameters)])];
  const without = parameters.map((name) => ({ name, reason: idlenessOf(idle, action, name) }));
  // Reasons may be for a member of a parameter too.
  const members = [...idle].filter(([key]) => key.startsWith(`${action}.`) && key.split('.').length > 2);
  const leaves = leavesOf({ declarations, action, silent: gather<string>(surface, 'silent') });
  const handled = without.filter(({ reason }) => reason === undefined);
  const cells = [
    `[${action}](../${surface.folder}/${action}.test.ts)`,
    list(handled.map(({ name }) => (one.parameters[name]?.required === true ? `${name}!` : name))) || '—',
    reasoned(surface, [...without, ...members.map(([key, reason]) => ({ name: key.slice(action.length + 1), reason }))]),
    list(leaves.filter(({ reason }) => reason === undefined).map(({ path }) => path)) || '—',
    reasoned(
      surface,
      leaves.map(({ path, reason }) => ({ name: path, reason })),
    ),
  ];
  return `| ${cells.join(' | ')} |`;
}

function reasoned(surface: Surface, all: readonly { readonly name: string; readonly reason: string | undefined }[]): string {
  const parts = reasonsGiven(surface).flatMap((reason) => {
    const names = all.filter((one) => one.reason === reason).map(({ name }) => name);
    return names.length === 0 ? [] : [`*${labelOf(surface, reason)}*: ${list(names)}`];
  });
  return parts.join('; ') || '—';
}

// `List[].A, List[].B` is written as `List[] { A, B }`.
function list(names: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [, prefix = '', last = name] = /^([^ ]*)\.(.+)$/.exec(name) ?? [];
    groups.set(prefix, [...(groups.get(prefix) ?? []), last]);
  }
  return [...groups].map(([prefix, members]) => (prefix === '' ? members.join(', ') : `${prefix} { ${members.join(', ')} }`)).join(', ');
}
