import type { ExternalVariable } from './backend.ts';
import { beginsWith, everyKind, type KindSet, kindBit, type RoutingKind } from './kinds.ts';
import type { Literal } from './literals.ts';

/**
 * What must hold of a content before a condition can be true of it; cheap to find out, and never false where the
 * condition holds. `atLeast` of as many as there are is "all", of one is "any".
 */
export type Gate =
  | boolean
  | { readonly literal: Literal }
  /** The content holds these bytes, one a character, just as they are. */
  | { readonly exact: string }
  /** An external variable holds a text, both in lower case. */
  | { readonly variable: ExternalVariable; readonly holds: string }
  /** Size of the content in bytes, both ends included. */
  | { readonly from: number; readonly to: number }
  /** The content has these bytes at the offset. */
  | { readonly bytes: readonly number[]; readonly at: number }
  | { readonly kinds: KindSet }
  | { readonly atLeast: number; readonly of: readonly Gate[] };

export function allOf(gates: readonly Gate[]): Gate {
  return atLeast(gates.length, gates);
}

export function anyOf(gates: readonly Gate[]): Gate {
  return atLeast(1, gates);
}

/** A gate for `least` of several, in its simplest form. */
export function atLeast(least: number, gates: readonly Gate[]): Gate {
  const needed = least - gates.filter((gate) => gate === true).length;
  const open = gates.filter((gate) => typeof gate !== 'boolean');
  if (needed <= 0) return true;
  if (needed > open.length) return false;
  const [only] = open;
  if (only !== undefined && open.length === 1) return only;
  const flat = open.flatMap((gate) => (isSame(needed, open.length, gate) ? gate.of : [gate]));
  return { atLeast: needed === 1 ? 1 : needed + flat.length - open.length, of: flat.toSorted((left, right) => costOf(left) - costOf(right)) };
}

// What is cheapest is asked first.
function costOf(gate: Gate): number {
  if (typeof gate === 'boolean' || 'from' in gate || 'bytes' in gate || 'kinds' in gate) return 0;
  if ('of' in gate) return 2;
  return 'exact' in gate ? 3 : 1;
}

// Any of any, and all of all, are one list.
function isSame(needed: number, members: number, gate: Gate): gate is { atLeast: number; of: readonly Gate[] } {
  if (typeof gate === 'boolean' || !('atLeast' in gate)) return false;
  return needed === 1 && members > 1 ? gate.atLeast === 1 : needed === members && gate.atLeast === gate.of.length;
}

/** Literals that a gate may name; one that names more is given up. */
const mostLiterals = 8192;

/** The gate of contents of one kind; `true` where it would be too large to be worth it. */
export function gateOfKind(gate: Gate, kind: RoutingKind): Gate {
  let literals = 0;
  const narrowed = mapLeaves(gate, (leaf) => {
    if ('literal' in leaf) literals++;
    if ('bytes' in leaf) return beginsWith(kind, leaf.bytes, leaf.at) || leaf;
    return 'kinds' in leaf ? (leaf.kinds & kindBit[kind]) !== 0 : leaf;
  });
  return literals > mostLiterals ? true : narrowed;
}

type Leaf = Exclude<Gate, boolean | { readonly of: readonly Gate[] }>;

/** The same gate with other leaves, in its simplest form. */
export function mapLeaves(gate: Gate, change: (leaf: Leaf) => Gate): Gate {
  if (typeof gate === 'boolean') return gate;
  if (!('of' in gate)) return change(gate);
  return atLeast(
    gate.atLeast,
    gate.of.map((each) => mapLeaves(each, change)),
  );
}

/** How many leaves a gate has. */
export function leavesOf(gate: Gate): number {
  if (typeof gate === 'boolean' || !('of' in gate)) return 1;
  return gate.of.reduce((sum, each) => sum + leavesOf(each), 0);
}

/** A gate that lets through only contents of some kinds. */
export function ofKinds(kinds: KindSet): Gate {
  if (kinds === everyKind) return true;
  return kinds === 0 ? false : { kinds };
}

/** What gates ask of a content. */
export interface GateContent<Name> {
  readonly bytes: Buffer;
  /** The value of an external variable, in lower case. */
  variable(name: ExternalVariable): string;
  holds(literal: Name): boolean;
  holdsExact(bytes: string): boolean;
}

/** Whether a content may meet the condition. */
export function isOpen<Name>(gate: GateOf<Name>, content: GateContent<Name>): boolean {
  if (typeof gate === 'boolean') return gate;
  if ('literal' in gate) return content.holds(gate.literal);
  if ('of' in gate) {
    let spare = gate.of.length - gate.atLeast;
    for (const each of gate.of) if (!isOpen(each, content) && spare-- === 0) return false;
    return true;
  }
  const { bytes } = content;
  if ('from' in gate) return bytes.length >= gate.from && bytes.length <= gate.to;
  if ('kinds' in gate) return true;
  if ('exact' in gate) return content.holdsExact(gate.exact);
  if ('bytes' in gate) return gate.bytes.every((byte, index) => bytes[gate.at + index] === byte);
  return content.variable(gate.variable).includes(gate.holds);
}

/** A gate whose literals have names of another sort, such as numbers. */
export type GateOf<Name> =
  | Exclude<Gate, { readonly literal: Literal } | { readonly of: readonly Gate[] }>
  | { readonly literal: Name }
  | { readonly atLeast: number; readonly of: readonly GateOf<Name>[] };

/** The same gate with other names. */
export function renameLiterals<Name>(gate: Gate, rename: (literal: Literal) => Name): GateOf<Name> {
  if (typeof gate === 'boolean') return gate;
  if ('literal' in gate) return { literal: rename(gate.literal) };
  return 'of' in gate ? { atLeast: gate.atLeast, of: gate.of.map((each) => renameLiterals(each, rename)) } : gate;
}

/** Whether a gate may be open for a content that holds none of the literals that are looked for. */
export function mayOpenWithout<Name>(gate: GateOf<Name>, isLookedFor: (literal: Name) => boolean): boolean {
  if (typeof gate === 'boolean') return gate;
  if ('literal' in gate) return !isLookedFor(gate.literal);
  return 'of' in gate ? gate.of.filter((each) => mayOpenWithout(each, isLookedFor)).length >= gate.atLeast : true;
}
