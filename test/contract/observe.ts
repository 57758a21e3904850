import { type Declarations, type Field, type FieldType, fieldsOf, structureOf } from './declarations.ts';
import { silenceOf } from './surface.ts';

/** What is looked at: the answer of an action, by the declarations of one client. */
export interface Answered {
  readonly declarations: Declarations;
  readonly action: string;
  /** See `CaseGroup.silent`. */
  readonly silent: ReadonlyMap<string, string>;
}

/** A field of an answer that has no fields below, or of which nothing is said, as `List[].Name`. */
export interface Leaf {
  readonly path: string;
  /** The structure that declares it. */
  readonly owner: string;
  readonly name: string;
  /** Why it says nothing here; undefined when it does. */
  readonly reason: string | undefined;
}

/** What the gateway adds to every answer. */
const ofGateway = 'RequestId';

/** All fields of an answer, however deep; a structure that holds itself is followed once. */
export function leavesOf(answered: Answered): readonly Leaf[] {
  const owner = `${answered.action}Response`;
  return leavesBelow(answered, owner, { prefix: '', seen: new Set([owner]) });
}

interface Place {
  readonly prefix: string;
  readonly seen: ReadonlySet<string>;
}

function leavesBelow(answered: Answered, owner: string, place: Place): readonly Leaf[] {
  return [...fieldsOf(answered.declarations, owner).values()]
    .filter(({ name }) => name !== ofGateway)
    .flatMap((field) => {
      const { leaf, below } = lookAt(answered, { owner, field }, place);
      return below === undefined ? [leaf] : leavesBelow(answered, below, { prefix: `${leaf.path}.`, seen: new Set([...place.seen, below]) });
    });
}

// `below`: the structure to follow; undefined where the field is a leaf.
function lookAt(answered: Answered, { owner, field }: { readonly owner: string; readonly field: Field }, place: Place) {
  const path = `${place.prefix}${field.name}${marksOf(field.type)}`;
  const { name } = field;
  const reason = silenceOf(answered.silent, { action: answered.action, path, owner, name });
  const structure = structureOf(field.type);
  const leaf: Leaf = { path, owner, name, reason };
  return { leaf, below: reason === undefined && structure !== undefined && !place.seen.has(structure) ? structure : undefined };
}

function marksOf(type: FieldType): string {
  return type.kind === 'list' ? `[]${marksOf(type.item)}` : '';
}

/** The distinct values that were seen of each leaf, as JSON, by path. */
export type Seen = Map<string, Set<string>>;

/** Adds the values of an answer. */
export function observe(answered: Answered, answer: unknown, seen: Seen): void {
  const owner = `${answered.action}Response`;
  observeBelow(answered, { value: answer, owner, place: { prefix: '', seen: new Set([owner]) } }, seen);
}

function observeBelow(
  answered: Answered,
  { value, owner, place }: { readonly value: unknown; readonly owner: string; readonly place: Place },
  seen: Seen,
): void {
  if (Array.isArray(value)) {
    for (const item of value) observeBelow(answered, { value: item, owner, place }, seen);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const field of fieldsOf(answered.declarations, owner).values()) {
    if (field.name === ofGateway) continue;
    const { leaf, below } = lookAt(answered, { owner, field }, place);
    const member = (value as Readonly<Record<string, unknown>>)[field.name];
    if (below !== undefined) {
      observeBelow(answered, { value: member, owner: below, place: { prefix: `${leaf.path}.`, seen: new Set([...place.seen, below]) } }, seen);
      continue;
    }
    const values = seen.get(leaf.path) ?? new Set();
    seen.set(leaf.path, values.add(valueOf(member)));
  }
}

// What is left out, empty, zero or false says nothing, in whichever way.
function valueOf(member: unknown): string {
  const text = JSON.stringify(member ?? null);
  return /^(?:null|""|0|false|\[\]|\{\}|"\[\]"|"\{\}")$/.test(text) ? nothing : text;
}

const nothing = 'nothing';

/** Fields that say less than is claimed of them, and those that say more, after all requests of an action. */
export function contradictions(answered: Answered, seen: Seen): readonly string[] {
  return leavesOf(answered).flatMap(({ path, reason }) => {
    const values = [...(seen.get(path) ?? [])];
    const place = `${answered.action}: ${path}`;
    if (reason !== undefined) return values.length > 1 ? [`${place} has a reason to say nothing, and said ${values.slice(0, 3).join(', ')}`] : [];
    if (values.length === 0) return [`${place} was never seen`];
    return values.length === 1 ? [`${place} was always ${values[0]}`] : [];
  });
}
