import type { ExternalVariable } from './backend.ts';
import type { BucketedRule } from './buckets.ts';
import { type GateOf, isOpen, mayOpenWithout, type NumberedLeaves } from './gate.ts';
import type { Literal } from './literals.ts';
import type { PackIndex } from './pack-file.ts';
import { type PlacedLiteral, Prefilter } from './prefilter.ts';
import type { Proof } from './proof.ts';

/** A content that is to be screened, with what rules know of its place. */
export interface ScreenedContent {
  readonly bytes: Buffer;
  readonly variables: Readonly<Record<ExternalVariable, string>>;
}

/** Tells which buckets of rules a content must meet; all other rules cannot match it. */
export interface Screen {
  /** Digests of the buckets, of the pack with this number. */
  buckets(pack: number, content: ScreenedContent): readonly string[];
}

/**
 * A screen for some packs. What the content holds is looked up once for all of them, as long as they
 * are asked about the same buffer one after the other.
 */
export function openScreen(indexes: readonly PackIndex[]): Screen {
  const literals = new Map<Literal, { readonly number: number; readonly placed: PlacedLiteral }>();
  const proofs: RegExpOf[] = [];
  const gates = indexes.map((index) => {
    const shared = index.literals.map((literal) => numberOf(literal, literals));
    const first = proofs.length;
    proofs.push(...index.proofs.map((proof) => new RegExpOf(proof)));
    return new PackGates(index, shared, first);
  });
  const proved = new Set(gates.flatMap((each) => each.proved));
  const prefilter = new Prefilter(
    [...literals.values()].map(({ placed }) => placed),
    proved,
  );
  // Weak, since a buffer that was used last may be a large one.
  let last: WeakRef<Buffer> | undefined;
  let findings = new Findings(prefilter, proofs, Buffer.alloc(0));
  return {
    buckets(pack, content) {
      if (last?.deref() !== content.bytes) {
        last = new WeakRef(content.bytes);
        findings = new Findings(prefilter, proofs, content.bytes);
      }
      return gates[pack]?.open(content, findings) ?? [];
    },
  };
}

/** What is known of the content that was asked for last. */
class Findings {
  readonly found: Int32Array;
  private readonly prefilter: Prefilter;
  private readonly proofs: readonly RegExpOf[];
  /** Whether the content holds some bytes just as they are, by these and proof. */
  private readonly exact = new Map<string, boolean>();
  /** Whether literals are proved, by literal and proof. */
  private readonly proved = new Map<number, boolean>();

  constructor(prefilter: Prefilter, proofs: readonly RegExpOf[], content: Buffer) {
    this.prefilter = prefilter;
    this.proofs = proofs;
    this.found = prefilter.search(content);
  }

  holds(literal: number, proof: number | undefined, content: Buffer): boolean {
    if (!this.prefilter.has(literal)) return false;
    if (proof === undefined) return true;
    const key = literal * this.proofs.length + proof;
    let holds = this.proved.get(key);
    if (holds === undefined) this.proved.set(key, (holds = this.proofs[proof]?.holdsAt(this.prefilter.placesOf(literal), content) ?? true));
    return holds;
  }

  holdsExact(bytes: string, proof: number | undefined, content: Buffer): boolean {
    const key = proof === undefined ? bytes : `${bytes} ${proof}`;
    let holds = this.exact.get(key);
    if (holds === undefined)
      this.exact.set(key, (holds = proof === undefined ? content.includes(bytes, 0, 'latin1') : this.isProvedExact(bytes, proof, content)));
    return holds;
  }

  private isProvedExact(bytes: string, number: number, content: Buffer): boolean {
    const proof = this.proofs[number] as RegExpOf;
    const places: number[] = [];
    for (let at = content.indexOf(bytes, 0, 'latin1'); at >= 0; at = content.indexOf(bytes, at + 1, 'latin1')) {
      places.push(at);
      if (!proof.isWorthwhile(places.length, content)) return true;
    }
    return proof.holdsAt(places, content);
  }
}

/** Bytes around literals that are looked at for one proof, besides as many as the content has. */
const sparedBytes = 64 * 1024;

/** Time for one proof in one content; a content may be made so that it takes long. */
const mostProofMs = 50;
const placesPerLook = 16;

/** A proof that is compiled when it is first needed. */
class RegExpOf {
  private readonly proof: Proof;
  private compiled: RegExp | undefined;

  constructor(proof: Proof) {
    this.proof = proof;
  }

  /** Whether looking at so many places costs less than having the engine look for the pattern. */
  isWorthwhile(places: number, content: Buffer): boolean {
    return places * 2 * this.proof.bytes <= sparedBytes + content.length;
  }

  /** Whether it holds at one of the places. Where these are too many it is taken for held. */
  holdsAt(places: readonly number[] | undefined, content: Buffer): boolean {
    if (places === undefined || !this.isWorthwhile(places.length, content)) return true;
    const { source, bytes } = this.proof;
    const expression = (this.compiled ??= new RegExp(source));
    const end = performance.now() + mostProofMs;
    return places.some((place, index) => {
      const isOver = index % placesPerLook === placesPerLook - 1 && performance.now() > end;
      return isOver || expression.test(content.toString('latin1', Math.max(0, place - bytes), place + bytes));
    });
  }
}

function numberOf(placed: PlacedLiteral, literals: Map<Literal, { readonly number: number; readonly placed: PlacedLiteral }>): number {
  const known = literals.get(placed.bytes);
  if (known !== undefined) return known.number;
  const number = literals.size;
  literals.set(placed.bytes, { number, placed });
  return number;
}

/** The gates of one pack. Only those are asked that name a literal of the content, and those that may be open without one. */
class PackGates {
  /** Numbers of literals whose places are asked for. */
  readonly proved: readonly number[];
  private readonly index: PackIndex;
  /** Numbers of the pack's literals in the screen's prefilter. */
  private readonly shared: readonly number[];
  /** The number of the pack's first proof among the screen's. */
  private readonly firstProof: number;
  /** Rules that name a literal, by the prefilter's number. */
  private readonly naming = new Map<number, number[]>();
  /** Rules that need not have a literal. */
  private readonly free: readonly number[];
  /** For which content a rule was asked last. */
  private readonly asked: Uint32Array;
  private contents = 0;

  constructor(index: PackIndex, shared: readonly number[], firstProof: number) {
    this.index = index;
    this.shared = shared;
    this.firstProof = firstProof;
    const proved = new Set<number>();
    this.asked = new Uint32Array(index.rules.length);
    for (let rule = 0; rule < index.rules.length; rule++) {
      eachLiteral((index.rules[rule] as BucketedRule).gate, (literal, proof) => {
        const number = shared[literal] as number;
        if (proof !== undefined) proved.add(number);
        const rules = this.naming.get(number);
        if (rules === undefined) this.naming.set(number, [rule]);
        else if (rules.at(-1) !== rule) rules.push(rule);
      });
    }
    this.proved = [...proved];
    this.free = index.rules.flatMap(({ gate }, rule) => (mayOpenWithout(gate) ? [rule] : []));
  }

  open(content: ScreenedContent, findings: Findings): readonly string[] {
    const { rules, buckets } = this.index;
    const { bytes } = content;
    const open = new Set<number>();
    if (++this.contents > 0xff_ff_ff_ff) this.asked.fill((this.contents = 1) - 1);
    const leaves = {
      bytes,
      variable: (name: ExternalVariable) => content.variables[name].toLowerCase(),
      holds: (literal: number, proof: number | undefined) =>
        findings.holds(this.shared[literal] as number, proof === undefined ? undefined : this.firstProof + proof, bytes),
      holdsExact: (exact: string, proof: number | undefined) => findings.holdsExact(exact, proof === undefined ? undefined : this.firstProof + proof, bytes),
    };
    const ask = (rule: number): void => {
      if (this.asked[rule] === this.contents) return;
      this.asked[rule] = this.contents;
      const { bucket, gate } = rules[rule] as PackIndex['rules'][number];
      if (!open.has(bucket) && isOpen(gate, leaves)) open.add(bucket);
    };
    for (const rule of this.free) ask(rule);
    for (const literal of findings.found) for (const rule of this.naming.get(literal) ?? []) ask(rule);
    return [...open].map((bucket) => buckets[bucket] as string);
  }
}

function eachLiteral(gate: GateOf<NumberedLeaves>, visit: (literal: number, proof: number | undefined) => void): void {
  if (typeof gate === 'boolean') return;
  if ('literal' in gate) visit(gate.literal, gate.proof);
  else if ('of' in gate) for (const each of gate.of) eachLiteral(each, visit);
}
