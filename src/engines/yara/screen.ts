import type { ExternalVariable } from './backend.ts';
import { type GateOf, isOpen, mayOpenWithout } from './gate.ts';
import type { Literal } from './literals.ts';
import type { PackIndex } from './pack-file.ts';
import { isShort, type PlacedLiteral, Prefilter } from './prefilter.ts';

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
 * A screen for the packs of one kind of content. What the content holds is looked up once for all of them, as long as they
 * are asked about the same buffer one after the other.
 */
export function openScreen(indexes: readonly PackIndex[]): Screen {
  const literals: PlacedLiteral[] = [];
  const numbers = new Map<Literal, number>();
  const gates = indexes.map(
    (index) =>
      new PackGates(
        index,
        index.literals.map((literal) => numberOf(literal, literals, numbers)),
      ),
  );
  const prefilter = new Prefilter(literals);
  // Weak, since a buffer that was used last may be a large one.
  let last: WeakRef<Buffer> | undefined;
  let findings: Findings = { found: new Int32Array(0), prefilter, exact: new Map() };
  return {
    buckets(pack, content) {
      if (last?.deref() !== content.bytes) {
        last = new WeakRef(content.bytes);
        findings = { found: prefilter.search(content.bytes), prefilter, exact: new Map() };
      }
      return gates[pack]?.open(content, findings) ?? [];
    },
  };
}

/** What is known of the last content. */
interface Findings {
  readonly found: Int32Array;
  readonly prefilter: Prefilter;
  /** Whether it holds some bytes just as they are. */
  readonly exact: Map<string, boolean>;
}

function holdsExact(content: Buffer, bytes: string, known: Map<string, boolean>): boolean {
  let holds = known.get(bytes);
  if (holds === undefined) known.set(bytes, (holds = content.includes(bytes, 0, 'latin1')));
  return holds;
}

function numberOf(literal: PlacedLiteral, literals: PlacedLiteral[], numbers: Map<Literal, number>): number {
  let number = numbers.get(literal.bytes);
  if (number === undefined) {
    numbers.set(literal.bytes, (number = literals.length));
    literals.push(literal);
  }
  return number;
}

/** The gates of one pack. Only those are asked that name a literal of the content, and those that may be open without one. */
class PackGates {
  private readonly index: PackIndex;
  /** Numbers of the pack's literals in the screen's prefilter. */
  private readonly shared: readonly number[];
  /** Rules that name a literal, by the prefilter's number. */
  private readonly naming = new Map<number, number[]>();
  /** Rules that need not have a literal that is looked for in any case. */
  private readonly free: readonly number[];

  constructor(index: PackIndex, shared: readonly number[]) {
    this.index = index;
    this.shared = shared;
    for (const [rule, { gate }] of index.rules.entries()) {
      for (const literal of new Set(literalsIn(gate))) {
        const number = shared[literal] as number;
        const rules = this.naming.get(number);
        if (rules === undefined) this.naming.set(number, [rule]);
        else rules.push(rule);
      }
    }
    const isLookedFor = (literal: number): boolean => !isShort(index.literals[literal]?.bytes.length ?? 0);
    this.free = index.rules.flatMap(({ gate }, rule) => (mayOpenWithout(gate, isLookedFor) ? [rule] : []));
  }

  open(content: ScreenedContent, { found, prefilter, exact }: Findings): readonly string[] {
    const { rules, buckets } = this.index;
    const open = new Set<number>();
    const asked = {
      bytes: content.bytes,
      variable: (name: ExternalVariable) => content.variables[name].toLowerCase(),
      holds: (literal: number) => prefilter.has(this.shared[literal] as number, content.bytes),
      holdsExact: (bytes: string) => holdsExact(content.bytes, bytes, exact),
    };
    const ask = (rule: number): void => {
      const { bucket, gate } = rules[rule] as PackIndex['rules'][number];
      if (!open.has(bucket) && isOpen(gate, asked)) open.add(bucket);
    };
    for (const rule of this.free) ask(rule);
    for (const literal of found) for (const rule of this.naming.get(literal) ?? []) ask(rule);
    return [...open].map((bucket) => buckets[bucket] as string);
  }
}

function literalsIn(gate: GateOf<number>): readonly number[] {
  if (typeof gate === 'boolean') return [];
  if ('literal' in gate) return [gate.literal];
  return 'of' in gate ? gate.of.flatMap(literalsIn) : [];
}
