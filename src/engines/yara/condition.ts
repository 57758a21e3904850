import { type ExternalVariable, externalVariables } from './backend.ts';
import { textsOfRegex, textsOfText } from './condition-texts.ts';
import { anything, compare, gateOf, kindsWith, numberWithin, type Value, within, withNumber } from './condition-value.ts';
import { allOf, anyOf, atLeast, type Gate } from './gate.ts';
import { everyKind, type KindSet, kindBit, kindsOf, noKind } from './kinds.ts';
import type { Token } from './lex.ts';
import { fieldFacts } from './module-fields.ts';
import { combine, type NumberTree } from './number-tree.ts';
import type { PatternFacts } from './pattern-facts.ts';

/** What a condition may refer to. */
export interface ConditionScope {
  /** Facts of each pattern, by its id with the dollar sign; those without a name have ids of their own, never just '$'. */
  readonly patterns: ReadonlyMap<string, PatternFacts & { readonly gate: Gate }>;
  /** What each rule of the same namespace declared so far can match. */
  readonly rules: ReadonlyMap<string, Matchable>;
}

/** Which contents can meet a condition. */
export interface Matchable {
  readonly kinds: KindSet;
  readonly gate: Gate;
}

/**
 * The contents for which the condition can be true. A content is left out only by proof; what is not understood, or
 * nested deeper than `maximumDepth`, leaves none out.
 */
export function readCondition(tokens: readonly Token[], scope: ConditionScope): Matchable {
  try {
    const value = new ConditionReader(tokens, scope).read();
    return { kinds: value.true, gate: gateOf(value) };
  } catch (error) {
    if (error instanceof NotUnderstood) return { kinds: everyKind, gate: true };
    throw error;
  }
}

const maximumDepth = 100;

class NotUnderstood extends Error {}

const comparisons: ReadonlySet<string> = new Set('== != < <= > >= contains icontains startswith istartswith endswith iendswith iequals matches'.split(' '));
const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '\\', '%', '&', '|', '^', '<<', '>>']);
const integerRead = /^(u?)int(8|16|32)(be)?$/;
const keywords: ReadonlySet<string> = new Set(['and', 'or', 'not', 'of', 'in', 'at', 'them', 'for', 'any', 'all', 'none', 'defined']);

class ConditionReader {
  private readonly tokens: readonly Token[];
  private readonly scope: ConditionScope;
  /** Loop variables: they hide rules of the same name. */
  private readonly variables = new Set<string>();
  /** What the patterns of the loops around have in common; `$` stands for one of those of the innermost. */
  private readonly loops: Gate[] = [];
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], scope: ConditionScope) {
    this.tokens = tokens;
    this.scope = scope;
  }

  read(): Value {
    const value = this.either();
    if (this.at !== this.tokens.length) throw new NotUnderstood();
    return value;
  }

  private either(): Value {
    const first = this.both();
    const all = [first];
    while (this.accept('or')) all.push(this.both());
    if (all.length === 1) return first;
    const kinds = all.reduce((set, value) => set | value.true, noKind);
    const surely = all.reduce((set, value) => set | value.surely, noKind);
    return { ...within(kinds, anyOf(all.map(gateOf))), surely };
  }

  private both(): Value {
    const first = this.negation();
    const all = [first];
    while (this.accept('and')) all.push(this.negation());
    if (all.length === 1) return first;
    const kinds = all.reduce((set, value) => set & value.true, everyKind);
    const surely = all.reduce((set, value) => set & value.surely, everyKind);
    return { ...within(kinds, allOf(all.map(gateOf))), surely };
  }

  private negation(): Value {
    if (this.accept('not')) return this.nested(() => within(everyKind & ~this.negation().surely));
    if (this.accept('defined'))
      return this.nested(() => {
        const { defined, definedGate } = this.negation();
        return within(defined, definedGate);
      });
    return this.comparison();
  }

  private comparison(): Value {
    const left = this.sum();
    const operator = this.text();
    if (operator === undefined || !comparisons.has(operator)) return left;
    this.at++;
    const right = this.sum();
    if (!comparisons.has(this.text() ?? '')) return compare(left, operator, right);
    // A chain of comparisons compares truths, which is not worth understanding.
    while (comparisons.has(this.text() ?? '')) {
      this.at++;
      this.sum();
    }
    return anything;
  }

  // Operators of all ranks in a row: the result has a value where each part has one.
  private sum(): Value {
    let value = this.primary();
    let percent = false;
    const operands = [value.number];
    const between: string[] = [];
    for (let operator = this.text(); operator !== undefined && arithmetic.has(operator); operator = this.text()) {
      this.at++;
      if (operator === '%' && this.text() === 'of') {
        percent = true;
        break;
      }
      const right = this.primary();
      operands.push(right.number);
      between.push(operator);
      value = operator === '+' && value.count !== undefined && right.count !== undefined ? sumOf(value.count, right.count) : arithmeticOf(value, right);
    }
    if (this.accept('of')) return this.quantified({ number: value.constant, percent });
    return between.length === 0 ? value : withNumber(value, combine(operands, between));
  }

  private primary(): Value {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new NotUnderstood();
    if (token.kind === 'number') return { ...anything, ...numberOf(token.text) };
    if (token.kind === 'text') return { ...anything, ...textsOfText(token.text) };
    if (token.kind === 'regex') return { ...anything, ...textsOfRegex(token.text) };
    if (token.kind === 'pattern') return this.pattern(token.text);
    if (token.kind === 'word') return this.word(token.text);
    if (token.text === '(') return this.nested(() => this.closed(this.either()));
    if (token.text === '-' || token.text === '~') {
      return this.nested(() => {
        const { defined, definedGate, number } = this.primary();
        return withNumber(numberWithin(defined, definedGate), combine(token.text === '-' ? [0, number] : [-1, number], [token.text === '-' ? '-' : '^']));
      });
    }
    throw new NotUnderstood();
  }

  private word(word: string): Value {
    if (word === 'true') return { ...anything, surely: everyKind };
    if (word === 'false') return within(noKind, false);
    if (word === 'filesize') return { ...anything, isSize: true, number: 'filesize' };
    if (word === 'for') return this.nested(() => this.loop());
    if (word === 'with') return this.nested(() => this.declaration());
    if (word === 'any' || word === 'all' || word === 'none') {
      this.expect('of');
      return this.quantified(word);
    }
    if (keywords.has(word)) throw new NotUnderstood();
    const read = integerRead.exec(word);
    if (read !== null && this.text() === '(') return this.integer(read);
    return this.path(word);
  }

  private integer(read: RegExpExecArray): Value {
    this.expect('(');
    const offset = this.nested(() => this.closed(this.either()));
    const facts = { size: Number(read[2]) / 8, signed: read[1] === '', bigEndian: read[3] !== undefined };
    const value = { ...numberWithin(offset.defined, offset.definedGate), read: { ...facts, offset: offset.constant } };
    return withNumber(value, offset.number === undefined ? undefined : { read: facts, at: offset.number });
  }

  // A rule, a variable, or a module's field with its indexes and arguments.
  private path(word: string): Value {
    const fields: string[] = [];
    let plain = true;
    for (;;) {
      if (this.accept('.')) fields.push(this.name());
      else if (this.accept('[')) this.nested(() => this.list(']'));
      else if (this.accept('(')) this.nested(() => this.list(')'));
      else break;
      plain = false;
    }
    if (this.variables.has(word)) return anything;
    if (plain && isVariable(word)) return { ...anything, variable: word };
    if (plain) return within(this.scope.rules.get(word)?.kinds ?? everyKind, this.scope.rules.get(word)?.gate);
    if (fields[0] === undefined) return anything;
    const facts = fieldFacts(word, fields[0]);
    return { ...anything, true: facts.true, defined: facts.defined };
  }

  private pattern(text: string): Value {
    const id = `$${text.slice(1)}`;
    const found = this.found(id);
    const gate = this.gateOfPattern(id);
    if (text.startsWith('$')) return this.placed([id]).at(0) ?? within(found, gate);
    if (this.accept('[')) this.nested(() => this.list(']'));
    if (text.startsWith('#')) {
      if (this.accept('in')) this.range();
      return { ...within(found, gate), count: { kinds: found, gate } };
    }
    return numberWithin(found, gate);
  }

  // Patterns with the `at` or `in` that may follow them: one value for each.
  private placed(ids: readonly string[]): Value[] {
    if (this.accept('in')) this.range();
    if (!this.accept('at')) return ids.map((id) => within(this.found(id), this.gateOfPattern(id)));
    const { constant, defined, definedGate } = this.sum();
    return ids.map((id) => {
      const prefix = this.scope.patterns.get(id)?.prefix ?? [];
      const kinds = this.found(id) & defined & (constant === undefined ? everyKind : kindsWith(constant, prefix));
      return within(kinds, allOf([this.gateOfPattern(id), definedGate]));
    });
  }

  private gateOfPattern(id: string): Gate {
    if (id === '$') return this.loops.at(-1) ?? true;
    return this.scope.patterns.get(id)?.gate ?? true;
  }

  private found(id: string): KindSet {
    return this.scope.patterns.get(id)?.foreignToText === true ? everyKind & ~kindBit.text : everyKind;
  }

  private quantified(quantifier: 'any' | 'all' | 'none' | { number: number | undefined; percent: boolean }): Value {
    const members = this.set();
    const values = members.ids === undefined ? members.values : this.placed(members.ids);
    const needed = neededOf(quantifier, values.length);
    if (needed === undefined || needed <= 0) return anything;
    let kinds = noKind;
    for (const kind of kindsOf(everyKind)) {
      if (values.filter((value) => (value.true & kindBit[kind]) !== 0).length >= needed) kinds |= kindBit[kind];
    }
    return within(kinds, atLeast(needed, values.map(gateOf)));
  }

  private set(): { ids: string[]; values?: undefined } | { ids?: undefined; values: Value[] } {
    if (this.accept('them')) return { ids: [...this.scope.patterns.keys()] };
    this.expect('(');
    if (this.tokens[this.at]?.kind !== 'pattern' || ![',', ')'].includes(this.tokens[this.at + 1]?.text ?? '')) {
      return { values: this.nested(() => this.list(')')) };
    }
    const ids: string[] = [];
    do {
      const token = this.tokens[this.at++];
      if (token?.kind !== 'pattern') throw new NotUnderstood();
      ids.push(...this.matching(token.text));
    } while (this.accept(','));
    this.expect(')');
    return { ids };
  }

  private matching(id: string): string[] {
    if (!id.endsWith('*')) return [id];
    return [...this.scope.patterns.keys()].filter((key) => key.startsWith(id.slice(0, -1)));
  }

  // The body must hold for at least one member only when the quantifier says so and there is a member.
  private loop(): Value {
    const first = this.text();
    let needsOne = first === 'any';
    let kinds: KindSet = everyKind;
    if (first === 'any' || first === 'all' || first === 'none') this.at++;
    else {
      const { constant } = this.primary();
      needsOne = constant !== undefined && constant > 0 && this.text() !== '%';
      this.accept('%');
    }
    let members: Gate | undefined;
    if (this.accept('of')) {
      const { ids } = this.set();
      members = ids === undefined ? true : anyOf(ids.map((id) => this.gateOfPattern(id)));
      needsOne ||= first === 'all';
    } else {
      do this.variables.add(this.name());
      while (this.accept(','));
      this.expect('in');
      kinds = this.iterable();
    }
    this.expect(':');
    this.expect('(');
    if (members !== undefined) this.loops.push(members);
    const body = this.closed(this.either());
    if (members !== undefined) this.loops.pop();
    return needsOne ? within(body.true & kinds, body.gate) : anything;
  }

  /** Reads what a loop runs over; the kinds for which it may have members. */
  private iterable(): KindSet {
    if (this.text() !== '(') return this.sum().defined;
    this.at++;
    this.either();
    if (this.accept('..')) this.either();
    else while (this.accept(',')) this.either();
    this.expect(')');
    return everyKind;
  }

  private declaration(): Value {
    do {
      this.variables.add(this.name());
      this.expect('=');
      this.either();
    } while (this.accept(','));
    this.expect(':');
    this.expect('(');
    const body = this.closed(this.either());
    return within(body.true, body.gate);
  }

  private range(): void {
    this.expect('(');
    this.nested(() => this.either());
    this.expect('..');
    this.nested(() => this.either());
    this.expect(')');
  }

  private list(end: string): Value[] {
    const values: Value[] = [];
    if (this.accept(end)) return values;
    do values.push(this.either());
    while (this.accept(','));
    this.expect(end);
    return values;
  }

  private closed(value: Value): Value {
    this.expect(')');
    return value;
  }

  private nested<Result>(read: () => Result): Result {
    if (++this.depth > maximumDepth) throw new NotUnderstood();
    const result = read();
    this.depth--;
    return result;
  }

  private name(): string {
    const token = this.tokens[this.at++];
    if (token?.kind !== 'word') throw new NotUnderstood();
    return token.text;
  }

  private text(): string | undefined {
    const token = this.tokens[this.at];
    return token === undefined || token.kind === 'text' || token.kind === 'regex' ? undefined : token.text;
  }

  private accept(text: string): boolean {
    if (this.text() !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw new NotUnderstood();
  }
}

function arithmeticOf(left: Value, right: Value): Value {
  return numberWithin(left.defined & right.defined, allOf([left.definedGate, right.definedGate]));
}

function sumOf(left: NonNullable<Value['count']>, right: NonNullable<Value['count']>): Value {
  const count = { kinds: left.kinds | right.kinds, gate: anyOf([left.gate, right.gate]) };
  return { ...within(count.kinds, count.gate), count };
}

function isVariable(word: string): word is ExternalVariable {
  return (externalVariables as readonly string[]).includes(word);
}

function neededOf(quantifier: 'any' | 'all' | 'none' | { number: number | undefined; percent: boolean }, members: number): number | undefined {
  if (quantifier === 'any') return members === 0 ? undefined : 1;
  if (quantifier === 'all') return members === 0 ? undefined : members;
  if (quantifier === 'none' || quantifier.number === undefined) return undefined;
  // Rounding of shares is the engine's, so the least of what it may be is taken.
  if (quantifier.percent) return quantifier.number > 0 && members > 0 ? Math.max(1, Math.floor((quantifier.number * members) / 100)) : undefined;
  return quantifier.number;
}

function numberOf(text: string): { constant?: number; number?: NumberTree } {
  const unit = text.endsWith('KB') ? 1024 : text.endsWith('MB') ? 1024 * 1024 : 1;
  const value = Number(unit === 1 ? text : text.slice(0, -2)) * unit;
  return Number.isSafeInteger(value) ? { constant: value, number: value } : {};
}
