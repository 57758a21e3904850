import type { AccessKey } from '#app/app.ts';
import type { Operation } from '#clouds/operation.ts';
import type { InputOf, Parameters } from '#clouds/parameters.ts';
import type { Refusal } from '#clouds/refusal.ts';
import type { Declarations } from './declarations.ts';
import type { World } from './world.ts';

/** Calls an action as a client's user does, and gives the members of its answer. */
export type ClientCall = (action: string, request: Request) => Promise<Readonly<Record<string, unknown>>>;

/** An official client, with what it declares of the product. */
export interface Client {
  readonly name: string;
  readonly declarations: Declarations;
  connect(endpoint: string, key: AccessKey): ClientCall;
}

/** Parameters of a call, as an SDK's user writes them. */
export type Request = Readonly<Record<string, unknown>>;

/** A request, or how it comes about once those before it were answered. undefined: this client cannot say it. */
export type Step = Request | ((world: World) => Request | undefined | Promise<Request | undefined>);

/** The requests by which an operation is driven: the least it accepts, then fuller ones, which together give every declared parameter that is not idle. */
export type Case = readonly [least: Step, ...fuller: Step[]];

/** What is known about some operations of a product that belong together. Everything is checked by tests. */
export interface CaseGroup {
  /** By action. */
  readonly cases: Readonly<Record<string, Case>>;
  /** Fields of answers that say nothing here, or always the same, as `Declaration.Field` (with all that is below) or as `Action: List[].Field`, with the reason. */
  readonly silent?: Readonly<Record<string, string>>;
  /** Declared parameters that change nothing here, as `Action.Parameter` or `*.Parameter`, with the reason. */
  readonly idle?: Readonly<Record<string, string>>;
}

/** One product of a vendor: what it offers, what the vendor declares, and what is said about both. */
export interface Surface {
  /** Heading, such as `Tencent Cloud TCSS 2020-11-01`. */
  readonly title: string;
  readonly operations: readonly Operation[];
  /** The first that declares an operation is the one that the pages tell of. */
  readonly clients: readonly Client[];
  /** Number fields that need not be whole. */
  readonly floats?: ReadonlySet<string>;
  /** What the vendor's gateway makes of a request. */
  readonly readInput: (parameters: Parameters, request: Request) => InputOf<Parameters> | Refusal;
  /** Folder of the operations and of their own tests. */
  readonly folder: string;
  /** All reasons that the groups give, by a short name in camel case. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly groups: readonly CaseGroup[];
}

/** What declares an action; undefined when no client does. */
export function declarationsOf({ clients }: Pick<Surface, 'clients'>, action: string): Declarations | undefined {
  return clients.find((client) => declares(client, action))?.declarations;
}

/** Whether a client knows an action. */
export function declares(client: Client, action: string): boolean {
  return client.declarations.has(`${action}Response`);
}

/** All of the groups' data of one kind. @throws Error where two groups speak of the same. */
export function gather<T>(surface: Surface, kind: 'cases' | 'silent' | 'idle'): ReadonlyMap<string, T> {
  const all = new Map<string, T>();
  for (const group of surface.groups) {
    for (const [name, value] of Object.entries(group[kind] ?? {})) {
      if (all.has(name)) throw new Error(`${kind}: ${name} stands in two groups`);
      all.set(name, value as T);
    }
  }
  return all;
}

/** Why a field says nothing here; undefined when it says something. */
export function silenceOf(
  silent: ReadonlyMap<string, string>,
  field: { readonly action: string; readonly path: string; readonly owner: string; readonly name: string },
): string | undefined {
  return silent.get(`${field.action}: ${field.path}`) ?? silent.get(`${field.owner}.${field.name}`);
}

/** Why a parameter changes nothing here; undefined when it does. */
export function idlenessOf(idle: ReadonlyMap<string, string>, action: string, parameter: string): string | undefined {
  return idle.get(`${action}.${parameter}`) ?? idle.get(`*.${parameter}`);
}

/** Entries of `silent` or `idle`: one reason for several fields of a declaration, or parameters of an action. */
export function because(reason: string, owner: string, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [`${owner}.${name}`, reason]));
}

/** A request for each of some parameters besides those of `base`, so that each shows what it does. */
export function oneByOne<Name extends string>(
  base: Request,
  names: readonly Name[],
  values: (world: World) => Readonly<Record<Name, unknown>> | Promise<Readonly<Record<Name, unknown>>>,
): readonly Step[] {
  return names.map((name) => async (world) => ({ ...base, [name]: (await values(world))[name] }));
}
