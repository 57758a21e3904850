import { LexError, Lexer, type Token } from './lex.ts';

/** One pattern of a rule's `strings` section. */
export interface Pattern {
  /** With its dollar sign; '$' alone when it has no name. */
  readonly id: string;
  readonly kind: 'text' | 'hex' | 'regex';
  /** As written, with quotes, braces or slashes. */
  readonly value: string;
  /** Where `value` stands in the rule's text. */
  readonly at: number;
  /** Their words; one with arguments also stands there as `word()`. */
  readonly modifiers: ReadonlySet<string>;
}

/** One rule as the source has it; nothing of it is checked but its outline. */
export interface SourceRule {
  readonly name: string;
  /** Line of the rule's name, from 1. */
  readonly line: number;
  readonly isPrivate: boolean;
  readonly isGlobal: boolean;
  readonly tags: readonly string[];
  /** From the word `rule` to the closing brace, without `private` and `global`. */
  readonly text: string;
  /** Line on which `text` begins. */
  readonly textLine: number;
  /** Texts of the `meta` section that hold escapes, as written, and where they stand in `text`. */
  readonly escapedMeta: readonly { readonly value: string; readonly at: number }[];
  readonly patterns: readonly Pattern[];
  readonly condition: readonly Token[];
  /** Characters of `text` from behind `condition:` to before the closing brace. */
  readonly conditionLength: number;
  /** Words of the condition that do not follow a dot: rules, modules, variables, keywords. */
  readonly words: ReadonlySet<string>;
}

/** What stands in a rules file, in order. */
export type SourceItem =
  | { readonly kind: 'import'; readonly module: string }
  | { readonly kind: 'include'; readonly target: string; readonly line: number }
  | { readonly kind: 'rule'; readonly rule: SourceRule }
  | { readonly kind: 'problem'; readonly line: number; readonly rule: string; readonly message: string };

/**
 * Splits YARA source into its parts without judging them. What cannot be read becomes a `problem`, and reading goes on
 * at the next line that begins a rule. Time is linear in the source, but for broken rules, of which at most
 * `brokenRules` are tolerated.
 */
export function splitRules(source: string): SourceItem[] {
  const reader = new Reader(source);
  const items: SourceItem[] = [];
  let broken = 0;
  while (broken <= brokenRules) {
    try {
      const item = reader.item();
      if (item === undefined) return items;
      items.push(item);
    } catch (error) {
      if (!(error instanceof LexError)) throw error;
      broken++;
      items.push({ kind: 'problem', line: reader.lineOf(error.offset), rule: reader.name, message: error.message });
      reader.resume();
    }
  }
  items.push({ kind: 'problem', line: 1, rule: '', message: `more than ${brokenRules} broken rules; the rest of the file is left out` });
  return items;
}

const brokenRules = 1000;
// Met inside a rule, these say that its end is missing; stopping there keeps a file of broken rules linear.
const reserved: ReadonlySet<string> = new Set(['rule', 'import', 'include', 'private', 'global']);
const beginning = /^[ \t]*(?:(?:private|global)[ \t]+)*(?:rule[ \t]+[A-Za-z_]|import[ \t]*"|include[ \t]*")/gm;

class Reader {
  /** Name of the rule being read. */
  name = '';
  /** Where the item being read begins. */
  private from = 0;
  private readonly lexer: Lexer;
  private readonly source: string;
  private ahead: Token | undefined;
  private readonly lines: number[] = [0];

  constructor(source: string) {
    this.source = source;
    this.lexer = new Lexer(source);
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) this.lines.push(at + 1);
  }

  /** The next import, include or rule. @throws LexError */
  item(): SourceItem | undefined {
    this.name = '';
    this.from = this.ahead?.start ?? this.lexer.offset;
    const first = this.next();
    if (first === undefined) return undefined;
    this.from = first.start;
    if (first.text === 'import') return { kind: 'import', module: this.quoted() };
    if (first.text === 'include') return { kind: 'include', target: this.quoted(), line: this.lineOf(first.start) };
    let isPrivate = false;
    let isGlobal = false;
    let token: Token = first;
    for (; token.text === 'private' || token.text === 'global'; token = this.some()) {
      if (token.text === 'private') isPrivate = true;
      else isGlobal = true;
    }
    if (token.text !== 'rule') throw new LexError(`expected a rule, found ${JSON.stringify(token.text.slice(0, 40))}`, token.start);
    return { kind: 'rule', rule: this.rule(token, isPrivate, isGlobal) };
  }

  /** Goes on at the first line, after that of the broken item, that begins an item, or at the end. */
  resume(): void {
    this.ahead = undefined;
    const lineEnd = this.source.indexOf('\n', this.from);
    beginning.lastIndex = lineEnd < 0 ? this.source.length : lineEnd;
    const found = lineEnd < 0 ? null : beginning.exec(this.source);
    this.lexer.offset = found === null ? this.source.length : found.index;
  }

  /** Line of an offset, from 1. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lines[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  private rule(keyword: Token, isPrivate: boolean, isGlobal: boolean): SourceRule {
    const name = this.expect('word');
    this.name = name.text;
    const tags: string[] = [];
    let token = this.some();
    if (token.text === ':') {
      for (token = this.some(); token.kind === 'word'; token = this.some()) tags.push(token.text);
    }
    if (token.text !== '{') throw new LexError('expected {', token.start);
    const escapedMeta: { value: string; at: number }[] = [];
    const patterns = this.patterns(keyword.start, escapedMeta);
    const condition: Token[] = [];
    const conditionStart = this.lexer.offset;
    const words = new Set<string>();
    for (token = this.some(); token.text !== '}'; token = this.some()) {
      if (token.kind === 'word') {
        if (reserved.has(token.text)) throw new LexError(`unexpected ${token.text} in a condition`, token.start);
        if (condition.at(-1)?.text !== '.') words.add(token.text);
      }
      condition.push(token);
    }
    const text = this.source.slice(keyword.start, token.end);
    return {
      name: name.text,
      line: this.lineOf(name.start),
      isPrivate,
      isGlobal,
      tags,
      text,
      textLine: this.lineOf(keyword.start),
      escapedMeta,
      patterns,
      condition,
      conditionLength: token.end - 1 - conditionStart,
      words,
    };
  }

  // Reads up to and with `condition :`. What stands before `strings` is `meta`, which the engine reads.
  private patterns(origin: number, escapedMeta: { value: string; at: number }[]): Pattern[] {
    const patterns: Pattern[] = [];
    for (let token = this.some(); ; token = this.some()) {
      if (token.text === '}' || reserved.has(token.text)) throw new LexError('rule without condition', token.start);
      if (token.kind === 'text' && token.text.includes('\\')) escapedMeta.push({ value: token.text, at: token.start - origin });
      if (token.kind !== 'word' || (token.text !== 'strings' && token.text !== 'condition') || this.peek()?.text !== ':') continue;
      this.next();
      if (token.text === 'condition') return patterns;
      while (this.peek()?.kind === 'pattern') patterns.push(this.pattern(origin));
    }
  }

  private pattern(origin: number): Pattern {
    const id = this.some();
    const equals = this.some();
    if (equals.text !== '=' || !id.text.startsWith('$')) throw new LexError('expected a pattern', id.start);
    const first = this.some();
    const value = first.text === '{' ? this.lexer.hex(first.start) : first;
    if (value.kind !== 'text' && value.kind !== 'hex' && value.kind !== 'regex') throw new LexError('expected a pattern', value.start);
    const modifiers = new Set<string>();
    let last = '';
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      if (token.text === '(') {
        this.skipParentheses();
        modifiers.add(`${last}()`);
      } else if (token.kind === 'word' && token.text !== 'condition') modifiers.add((last = this.some().text));
      else break;
    }
    return { id: id.text, kind: value.kind, value: value.text, at: value.start - origin, modifiers };
  }

  private skipParentheses(): void {
    for (let token = this.some(); token.text !== ')'; token = this.some()) {
      if (token.text === '}') throw new LexError('expected )', token.start);
    }
  }

  private quoted(): string {
    return this.expect('text').text.slice(1, -1);
  }

  private expect(kind: Token['kind']): Token {
    const token = this.some();
    if (token.kind !== kind) throw new LexError(`expected a ${kind}, found ${JSON.stringify(token.text.slice(0, 40))}`, token.start);
    return token;
  }

  private some(): Token {
    const token = this.next();
    if (token === undefined) throw new LexError('unexpected end of file', this.source.length);
    return token;
  }

  private next(): Token | undefined {
    const token = this.ahead ?? this.lexer.next();
    this.ahead = undefined;
    return token;
  }

  private peek(): Token | undefined {
    return (this.ahead ??= this.lexer.next());
  }
}
