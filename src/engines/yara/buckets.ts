import { type Gate, type GateOf, gateOfKind, mapLeaves, type NumberedLeaves, numberLeaves } from './gate.ts';
import { kindBit, type RoutingKind } from './kinds.ts';
import { type Literal, rarityOfText } from './literals.ts';
import { kindOfImpossible, type Namespace, type PlannedRule } from './plan.ts';
import { type PlacedLiteral, placeLiterals } from './prefilter.ts';
import type { Proof } from './proof.ts';

/** The rules of one engine for one kind of content, in buckets: a content meets a bucket where one of its rules' gates is open. */
export interface Bucketing {
  readonly literals: readonly PlacedLiteral[];
  readonly proofs: readonly Proof[];
  readonly rules: readonly BucketedRule[];
  readonly buckets: readonly ReadonlySet<PlannedRule>[];
}

/** The gate of a rule, with literals and proofs by their number, and the number of the rule's bucket. */
export interface BucketedRule {
  readonly bucket: number;
  readonly gate: GateOf<NumberedLeaves>;
}

/**
 * Puts rules whose gates are as likely to be open into a bucket together, so that most contents meet the first bucket at
 * most.
 */
export function bucketRules(namespaces: readonly Namespace[], kind: RoutingKind, readsPath: boolean): Bucketing {
  const reporting = namespaces.flatMap(({ rules }) => rules).filter((rule) => rule.readsPath === readsPath && (kindsOf(rule) & kindBit[kind]) !== 0);
  const gated = reporting.map((rule) => ({ rule, gate: gateOfKind(rule.gate, kind) }));
  const places = placesOf(gated.map(({ gate }) => gate));
  const literals = new Numbering((literal: Literal): PlacedLiteral => ({ bytes: literal, place: places.get(literal) ?? 0 }));
  const proofs = new Numbering(
    (proof: Proof) => proof,
    ({ source }) => source,
  );
  const numberOf = { literal: (literal: Literal) => literals.numberOf(literal), proof: (proof: Proof) => proofs.numberOf(proof) };
  const open = gated
    .map(({ rule, gate }) => ({ rule, gate: withoutUnplaced(gate, places) }))
    .map(({ rule, gate }) => ({ rule, gate, likelihood: likelihoodOf(gate) }))
    // Modules read a content's structure, which costs something even where no pattern does.
    .sort((left, right) => right.likelihood - left.likelihood || left.rule.modules.length - right.rule.modules.length);
  const buckets: Set<PlannedRule>[] = [];
  const rules = open.map(({ rule, gate, likelihood }, index) => {
    const isNext = groupOf(likelihood) !== groupOf(open[index - 1]?.likelihood ?? -1);
    if (isNext || (buckets.at(-1)?.size ?? 0) >= bucketRuleCount) buckets.push(new Set());
    buckets.at(-1)?.add(rule);
    return { bucket: buckets.length - 1, gate: numberLeaves(gate, numberOf) };
  });
  return { literals: literals.members, proofs: proofs.members, rules, buckets };
}

/** Few enough that a content that meets one rule does not meet too many others, and so many that few buckets need to be loaded. */
const bucketRuleCount = 16;

// Rules that every content meets, that some do, and that hardly any does are kept apart, so that none brings others along.
function groupOf(likelihood: number): number {
  if (likelihood < 0) return -1;
  return likelihood >= 0.9 ? 2 : Number(likelihood >= 0.05);
}

function kindsOf(rule: PlannedRule): number {
  return rule.kinds === 0 ? kindOfImpossible : rule.kinds;
}

function placesOf(gates: readonly Gate[]): ReadonlyMap<Literal, number | undefined> {
  const literals = new Set<Literal>();
  for (const gate of gates) {
    mapLeaves(gate, (leaf) => {
      if ('literal' in leaf) literals.add(leaf.literal);
      return leaf;
    });
  }
  const all = [...literals];
  const places = placeLiterals(all);
  return new Map(all.map((literal, index) => [literal, places[index]]));
}

/** Numbers things in the order in which they come. */
class Numbering<Thing, Member> {
  readonly members: Member[] = [];
  private readonly numbers = new Map<unknown, number>();
  private readonly memberOf: (thing: Thing) => Member;
  private readonly keyOf: (thing: Thing) => unknown;

  constructor(memberOf: (thing: Thing) => Member, keyOf: (thing: Thing) => unknown = (thing) => thing) {
    this.memberOf = memberOf;
    this.keyOf = keyOf;
  }

  numberOf(thing: Thing): number {
    const key = this.keyOf(thing);
    let number = this.numbers.get(key);
    if (number === undefined) {
      this.numbers.set(key, (number = this.members.length));
      this.members.push(this.memberOf(thing));
    }
    return number;
  }
}

// What is not looked for is taken for found.
function withoutUnplaced(gate: Gate, places: ReadonlyMap<Literal, number | undefined>): Gate {
  return mapLeaves(gate, (leaf) => ('literal' in leaf && places.get(leaf.literal) === undefined ? true : leaf));
}

const likelihoodProved = 0.1;

// How likely a gate is to be open: a rough figure from 0 to 1, good for nothing but order.
function likelihoodOf(gate: Gate): number {
  if (typeof gate === 'boolean') return gate ? 1 : 0;
  if ('literal' in gate) return 2 ** (-rarityOfText(gate.literal) / 8) * (gate.proof === undefined ? 1 : likelihoodProved);
  if ('from' in gate) return 0.9;
  if (!('of' in gate)) return 'exact' in gate ? 0.5 : 0.1;
  const each = gate.of.map(likelihoodOf).sort((left, right) => right - left);
  const least = each[gate.atLeast - 1] ?? 0;
  return Math.min(1, gate.atLeast === 1 ? each.reduce((sum, one) => sum + one, 0) : least);
}
