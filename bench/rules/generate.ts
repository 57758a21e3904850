import { createRandom, type Random } from '../random.ts';
import { machineCode } from './machine-code.ts';
import type { Pattern, TextModifier } from './pattern.ts';
import { coinedWord, programPhrase, scriptPhrase } from './phrases.ts';

/** Shapes of rules, with how many of a thousand have each. In public packs for Linux most rules are fragments of code. */
const families = { code: 620, elf: 130, text: 110, web: 110, archive: 30 } as const;
export type Family = keyof typeof families;

/** One rule, in a form that is written both as YARA and as ClamAV have it. */
export interface Rule {
  readonly name: string;
  readonly family: Family;
  readonly patterns: readonly Pattern[];
  /** How many of the patterns must be there; all of them where it is their number. */
  readonly needs: number;
  /** What the content must begin with. */
  readonly magic: 'elf' | 'zip' | undefined;
  /** The content must be smaller, bytes. */
  readonly sizeBelow: number | undefined;
  readonly meta: Readonly<Record<string, string | number>>;
}

/** About a thousand rules. */
export function generateRules(seed: number): readonly Rule[] {
  const random = createRandom(seed);
  return (Object.keys(families) as Family[]).flatMap((family) =>
    Array.from({ length: families[family] }, (_, index) =>
      makers[family](random, `Bench_${family}_${String(index).padStart(3, '0')}_${coinedWord(random, 2)}`),
    ),
  );
}

type Maker = (random: Random, name: string) => Rule;

const makers: Readonly<Record<Family, Maker>> = {
  code(random, name) {
    const patterns = several(random, weightedCount(random), () => codePattern(random));
    return { ...ruleOf(name, 'code', random), patterns, needs: neededOf(patterns.length, random) };
  },
  elf(random, name) {
    const patterns = several(random, random.between(2, 6), () => (random.chance(30) ? codePattern(random) : textPattern(programPhrase(random), random)));
    return { ...ruleOf(name, 'elf', random), patterns, needs: neededOf(patterns.length, random), magic: 'elf', sizeBelow: random.between(1, 20) * 1_000_000 };
  },
  text(random, name) {
    const patterns = several(random, random.between(2, 8), () => textPattern(programPhrase(random), random));
    return { ...ruleOf(name, 'text', random), patterns, needs: neededOf(patterns.length, random) };
  },
  web(random, name) {
    const patterns = several(random, random.between(2, 6), () => textPattern(scriptPhrase(random), random));
    return { ...ruleOf(name, 'web', random), patterns, needs: neededOf(patterns.length, random), sizeBelow: random.between(20, 300) * 1000 };
  },
  archive(random, name) {
    const patterns = several(random, random.between(1, 3), () => textPattern(`${coinedWord(random)}/${coinedWord(random)}.class`, random));
    return { ...ruleOf(name, 'archive', random), patterns, needs: patterns.length, magic: 'zip', sizeBelow: random.between(100, 900) * 1000 };
  },
};

function ruleOf(name: string, family: Family, random: Random): Omit<Rule, 'patterns' | 'needs'> {
  const meta = {
    author: 'generated',
    description: `A shape of ${family} that no program has`,
    id: random.bytes(16).toString('hex'),
    score: random.between(60, 95),
    arch_context: 'x86',
    os: 'linux',
  };
  return { name, family, magic: undefined, sizeBelow: undefined, meta };
}

function codePattern(random: Random): Pattern {
  return { kind: 'hex', tokens: machineCode(random, 12, 36) };
}

const modifierChoices: readonly (readonly TextModifier[])[] = [
  [],
  [],
  ['ascii'],
  ['fullword'],
  ['ascii', 'fullword'],
  ['nocase'],
  ['ascii', 'wide'],
  ['ascii', 'wide', 'nocase'],
  ['ascii', 'wide', 'fullword'],
];

function textPattern(text: string, random: Random): Pattern {
  return { kind: 'text', text, modifiers: random.pick(modifierChoices) };
}

// One pattern is the commonest, six are rare.
function weightedCount(random: Random): number {
  return Math.min(random.between(1, 6), random.between(1, 6));
}

function neededOf(count: number, random: Random): number {
  return count < 3 || random.chance(55) ? count : random.between(2, count - 1);
}

// Two equal patterns in one rule are an error.
function several(random: Random, count: number, make: () => Pattern): readonly Pattern[] {
  const found = new Map<string, Pattern>();
  for (let round = 0; found.size < count && round < 1000; round++) {
    const pattern = make();
    found.set(JSON.stringify(pattern.kind === 'text' ? pattern.text : pattern.tokens), pattern);
  }
  return [...found.values()];
}
