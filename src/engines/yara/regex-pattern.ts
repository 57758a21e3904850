import { anyByte, isLetter, nothing, oneByte, setOf, type Tree } from './pattern-tree.ts';

/** Reads a regular expression, as written with its slashes, without regard to what stands behind them; undefined when it is not understood. */
export function readRegexPattern(quoted: string): Tree | undefined {
  try {
    return new RegexReader(quoted.slice(1, quoted.lastIndexOf('/'))).read();
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

const maximumDepth = 50;

class RegexReader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): Tree {
    const tree = this.alternatives();
    if (this.at < this.text.length) throw new NotUnderstood();
    return tree;
  }

  private alternatives(): Tree {
    if (++this.depth > maximumDepth) throw new NotUnderstood();
    const branches = [this.sequence()];
    while (this.accept('|')) branches.push(this.sequence());
    this.depth--;
    return branches.length === 1 ? (branches[0] as Tree) : { any: branches };
  }

  private sequence(): Tree {
    const all: Tree[] = [];
    while (this.at < this.text.length && this.peek() !== '|' && this.peek() !== ')') {
      const part = this.part();
      const repeat = this.repeat();
      all.push(repeat === undefined ? part : { repeat: part, ...repeat });
    }
    return { all };
  }

  private part(): Tree {
    const character = this.next();
    if (character === '(') return this.group();
    if (character === '[') return this.characterClass();
    if (character === '\\') return this.escape();
    if (character === '.') return anyByte;
    if (character === '^' || character === '$') return nothing;
    if (character === '*' || character === '+' || character === '?' || character === '{') throw new NotUnderstood();
    return oneByte(byteOf(character));
  }

  private group(): Tree {
    if (this.accept('?')) {
      if (!this.accept(':')) throw new NotUnderstood();
    }
    const inner = this.alternatives();
    if (!this.accept(')')) throw new NotUnderstood();
    return inner;
  }

  private characterClass(): Tree {
    const negated = this.accept('^');
    const members = new Set<number>();
    for (let first = true; first || this.peek() !== ']'; first = false) {
      const character = this.next();
      // Classes inside classes, and operations on them.
      if (character === '[' || (character === '&' && this.peek() === '&')) throw new NotUnderstood();
      const from = character === '\\' ? this.member() : [byteOf(character)];
      if (this.peek() === '-' && this.text[this.at + 1] !== ']') {
        this.at++;
        const last = this.next();
        if (last === '[' || last === '-') throw new NotUnderstood();
        const to = last === '\\' ? this.member() : [byteOf(last)];
        if (from.length !== 1 || to.length !== 1) throw new NotUnderstood();
        for (let byte = from[0] as number; byte <= (to[0] as number); byte++) members.add(byte);
      } else for (const byte of from) members.add(byte);
    }
    this.at++;
    // What is left out is left out in either case by an expression that does not tell cases apart.
    const isOut = (byte: number): boolean => members.has(byte) && (!isLetter(byte) || members.has(byte ^ 0x20));
    return setOf(negated ? everyByte.filter((byte) => !isOut(byte)) : members);
  }

  private member(): readonly number[] {
    const escaped = this.escape();
    if (!('set' in escaped)) throw new NotUnderstood();
    return escaped.set;
  }

  private escape(): Tree {
    const character = this.next();
    if (character === 'x') {
      const digits = this.text.slice(this.at, this.at + 2);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new NotUnderstood();
      this.at += 2;
      return oneByte(Number.parseInt(digits, 16));
    }
    if (character === 'b' || character === 'B') return nothing;
    const named = classes[character.toLowerCase()];
    if (named !== undefined) return setOf(everyByte.filter((byte) => named.test(String.fromCharCode(byte)) === (character === character.toLowerCase())));
    const control = controls[character];
    if (control !== undefined) return oneByte(control);
    if (/[0-9A-Za-z]/.test(character)) throw new NotUnderstood();
    return oneByte(byteOf(character));
  }

  private repeat(): { readonly least: number; readonly most: number } | undefined {
    const repeat = this.quantifier();
    if (repeat === undefined) return undefined;
    this.accept('?');
    if (this.quantifier() !== undefined) throw new NotUnderstood();
    return repeat;
  }

  private quantifier(): { readonly least: number; readonly most: number } | undefined {
    if (this.accept('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.accept('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.accept('?')) return { least: 0, most: 1 };
    if (this.peek() !== '{') return undefined;
    const bounds = /^\{(\d{0,9})(,?)(\d{0,9})\}/.exec(this.text.slice(this.at, this.at + 24));
    if (bounds === null) throw new NotUnderstood();
    this.at += bounds[0].length;
    const [, least = '', comma, most = ''] = bounds;
    if (least === '' && most === '') throw new NotUnderstood();
    const from = Number(least);
    return { least: from, most: comma === '' ? from : most === '' ? Number.POSITIVE_INFINITY : Number(most) };
  }

  private peek(): string | undefined {
    return this.text[this.at];
  }

  private next(): string {
    const character = this.text[this.at++];
    if (character === undefined) throw new NotUnderstood();
    return character;
  }

  private accept(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

const everyByte: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte);
const classes: Readonly<Record<string, RegExp>> = { w: /[0-9A-Za-z_]/, s: /[\t\n\v\f\r ]/, d: /[0-9]/ };
const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };

// What is beyond ASCII is several bytes, and whether it is one character to the engine is its affair.
function byteOf(character: string): number {
  const code = character.charCodeAt(0);
  if (code > 0x7f) throw new NotUnderstood();
  return code;
}
