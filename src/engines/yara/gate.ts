import type { ExternalVariable } from './backend.ts';
import { beginsWith, everyKind, type KindSet, kindBit, type RoutingKind } from './kinds.ts';
import type { Literal } from './literals.ts';
import { type Comparison, mayCompare, type NumberTree } from './number-tree.ts';
import type { Proof } from './proof.ts';

/**
 * What must hold of a content before a condition can be true of it; cheap to find out, and never false where the
 * condition holds. `atLeast` of as many as there are is "all", of one is "any".
 */
export type Gate =
  | boolean
  /** The content holds the literal, and where it stands the proof. */
  | { readonly literal: Literal; readonly proof?: Proof }
  /** The content holds these bytes, one a character, just as they are, and where they stand the proof. */
  | { readonly exact: string; readonly proof?: Proof }
  /** An external variable holds a text, both in lower case. */
  | { readonly variable: ExternalVariable; readonly holds: string }
  /** Size of the content in bytes, both ends included. */
  | { readonly from: number; readonly to: number }
  /** The content has these bytes at the offset. */
  | { readonly bytes: readonly number[]; readonly at: number }
  /** What the numbers of a comparison are is computed from the content. */
  | { readonly compare: Comparison; readonly left: NumberTree; readonly right: NumberTree }
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
  return { atLeast: needed === 1 ? 1 : needed + flat.length - open.length, of: cheapestFirst(flat) };
}

function cheapestFirst(gates: readonly Gate[]): readonly Gate[] {
  const costs = new Map(gates.map((gate) => [gate, costOf(gate)]));
  return gates.toSorted((left, right) => (costs.get(left) ?? 0) - (costs.get(right) ?? 0));
}

// What is cheapest is asked first. Exact bytes are looked for in the whole content.
function costOf(gate: Gate): number {
  if (typeof gate === 'boolean' || 'from' in gate || 'bytes' in gate || 'kinds' in gate) return 0;
  if ('of' in gate) return gate.of.reduce((sum, each) => sum + costOf(each), 1);
  if ('literal' in gate) return gate.proof === undefined ? 1 : 2;
  return 'exact' in gate ? 100 : 1;
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
export interface GateContent<Names extends LeafNames> {
  readonly bytes: Buffer;
  /** The value of an external variable, in lower case. */
  variable(name: ExternalVariable): string;
  holds(literal: Names['literal'], proof: Names['proof'] | undefined): boolean;
  holdsExact(bytes: string, proof: Names['proof'] | undefined): boolean;
}

/** What literals and proofs are known by: themselves, or numbers. */
interface LeafNames {
  readonly literal: unknown;
  readonly proof: unknown;
}

/** Literals and proofs by their numbers. */
export interface NumberedLeaves {
  readonly literal: number;
  readonly proof: number;
}

/** Whether a content may meet the condition. */
export function isOpen<Names extends LeafNames>(gate: GateOf<Names>, content: GateContent<Names>): boolean {
  if (typeof gate === 'boolean') return gate;
  if ('literal' in gate) return content.holds(gate.literal, gate.proof);
  if ('of' in gate) {
    let spare = gate.of.length - gate.atLeast;
    for (const each of gate.of) if (!isOpen(each, content) && spare-- === 0) return false;
    return true;
  }
  const { bytes } = content;
  if ('from' in gate) return bytes.length >= gate.from && bytes.length <= gate.to;
  if ('kinds' in gate) return true;
  if ('exact' in gate) return content.holdsExact(gate.exact, gate.proof);
  if ('bytes' in gate) return gate.bytes.every((byte, index) => bytes[gate.at + index] === byte);
  if ('compare' in gate) return mayCompare(gate.compare, gate.left, gate.right, bytes);
  return content.variable(gate.variable).includes(gate.holds);
}

/** A gate whose literals and proofs have names of another sort. */
export type GateOf<Names extends LeafNames> =
  | Exclude<Gate, { readonly proof?: Proof } | { readonly of: readonly Gate[] }>
  | { readonly literal: Names['literal']; readonly proof?: Names['proof'] }
  | { readonly exact: string; readonly proof?: Names['proof'] }
  | { readonly atLeast: number; readonly of: readonly GateOf<Names>[] };

/** The same gate with numbers. */
export function numberLeaves(gate: Gate, numberOf: { literal(literal: Literal): number; proof(proof: Proof): number }): GateOf<NumberedLeaves> {
  if (typeof gate === 'boolean') return gate;
  if ('literal' in gate) {
    const literal = numberOf.literal(gate.literal);
    return gate.proof === undefined ? { literal } : { literal, proof: numberOf.proof(gate.proof) };
  }
  if ('exact' in gate) return gate.proof === undefined ? { exact: gate.exact } : { exact: gate.exact, proof: numberOf.proof(gate.proof) };
  return 'of' in gate ? { atLeast: gate.atLeast, of: gate.of.map((each) => numberLeaves(each, numberOf)) } : gate;
}

/** Whether a gate may be open for a content that holds no literal. */
export function mayOpenWithout<Names extends LeafNames>(gate: GateOf<Names>): boolean {
  if (typeof gate === 'boolean') return gate;
  if ('literal' in gate) return false;
  return 'of' in gate ? gate.of.filter((each) => mayOpenWithout(each)).length >= gate.atLeast : true;
}
