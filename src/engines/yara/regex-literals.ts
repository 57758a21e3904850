/** Bytes that a match must hold, in the order of alternatives: each match holds one of them. */
type Literals = readonly (readonly number[])[];

/**
 * What every match of a regular expression holds, as byte sequences of which each match has at least one; undefined where
 * nothing is certain or the expression is not understood. Case is not told apart in letters of ASCII.
 */
export function regexLiterals(quoted: string): Literals | undefined {
  try {
    return new RegexReader(quoted.slice(1, quoted.lastIndexOf('/'))).read();
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

const maximumDepth = 50;
const mostAlternatives = 32;
/** Copies of a repeated byte that are taken down. */
const mostCopies = 32;

/** A part of a sequence: a byte that is certain, an expression of its own, something that takes no room, or anything. */
type Part = { readonly byte: number } | { readonly inner: Literals | undefined } | 'empty' | 'any';

/** How often a part stands there. */
interface Repeat {
  readonly least: number;
  readonly most: number;
}

const once: Repeat = { least: 1, most: 1 };

class RegexReader {
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): Literals | undefined {
    const literals = this.alternatives();
    if (this.at < this.text.length) throw new NotUnderstood();
    return literals;
  }

  private alternatives(): Literals | undefined {
    if (++this.depth > maximumDepth) throw new NotUnderstood();
    const branches = [this.sequence()];
    while (this.accept('|')) branches.push(this.sequence());
    this.depth--;
    const all = branches.flatMap((branch) => branch ?? []);
    return branches.some((branch) => branch === undefined) || all.length > mostAlternatives ? undefined : all;
  }

  // The best of what is certain in a row: each run of certain bytes, and what each inner expression is certain of.
  private sequence(): Literals | undefined {
    const found: Literals[] = [];
    let run: number[] = [];
    const endRun = (next: number[] = []): void => {
      if (run.length > 0) found.push([run]);
      run = next;
    };
    while (this.at < this.text.length && this.peek() !== '|' && this.peek() !== ')') {
      const part = this.part();
      const { least, most } = this.repeat();
      if (part === 'empty') continue;
      if (part !== 'any' && 'byte' in part && least > 0) {
        const copies = Array.from({ length: Math.min(least, mostCopies) }, () => part.byte);
        run.push(...copies);
        // More of the same byte may follow, so that what comes next stands behind at least these.
        if (most !== least || least > mostCopies) endRun(copies);
        continue;
      }
      endRun();
      if (part !== 'any' && 'inner' in part && part.inner !== undefined && least > 0) found.push(part.inner);
    }
    endRun();
    return found.toSorted((left, right) => strengthOf(right) - strengthOf(left))[0];
  }

  private part(): Part {
    const character = this.next();
    if (character === '(') return this.group();
    if (character === '[') return this.characterClass();
    if (character === '\\') return this.escape();
    if (character === '.') return 'any';
    if (character === '^' || character === '$') return 'empty';
    if (character === '*' || character === '+' || character === '?' || character === '{') throw new NotUnderstood();
    return { byte: byteOf(character) };
  }

  private group(): Part {
    if (this.accept('?')) {
      if (!this.accept(':')) throw new NotUnderstood();
    }
    const inner = this.alternatives();
    if (!this.accept(')')) throw new NotUnderstood();
    return { inner };
  }

  // A class of one letter in both cases is as certain as the letter.
  private characterClass(): Part {
    const negated = this.accept('^');
    const members: number[] = [];
    let sure = !negated;
    for (let first = true; first || this.peek() !== ']'; first = false) {
      const character = this.next();
      // Classes inside classes, and operations on them.
      if (character === '[' || (character === '&' && this.peek() === '&')) throw new NotUnderstood();
      const member = character === '\\' ? this.escape() : { byte: byteOf(character) };
      if (member === 'empty' || member === 'any' || !('byte' in member)) sure = false;
      else members.push(member.byte);
      if (this.peek() === '-' && this.text[this.at + 1] !== ']') sure = false;
    }
    this.at++;
    const [first] = members;
    return sure && first !== undefined && isLetter(first) && members.every((each) => (each | 0x20) === (first | 0x20)) ? { byte: first } : 'any';
  }

  private escape(): Part {
    const character = this.next();
    if (character === 'x') {
      const digits = this.text.slice(this.at, this.at + 2);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) throw new NotUnderstood();
      this.at += 2;
      return { byte: Number.parseInt(digits, 16) };
    }
    if (character === 'b' || character === 'B') return 'empty';
    if ('wWsSdD'.includes(character)) return 'any';
    const control = controls[character];
    if (control !== undefined) return { byte: control };
    if (/[0-9A-Za-z]/.test(character)) throw new NotUnderstood();
    return { byte: byteOf(character) };
  }

  private repeat(): Repeat {
    const repeat = this.quantifier();
    if (repeat === undefined) return once;
    this.accept('?');
    if (this.quantifier() !== undefined) throw new NotUnderstood();
    return repeat;
  }

  private quantifier(): Repeat | undefined {
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

const controls: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };

// What is beyond ASCII is several bytes, and whether it is one character to the engine is its affair.
function byteOf(character: string): number {
  const code = character.charCodeAt(0);
  if (code > 0x7f) throw new NotUnderstood();
  return code;
}

function isLetter(byte: number): boolean {
  return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
}

// A set of alternatives is as strong as its shortest member.
function strengthOf(literals: Literals): number {
  return Math.min(...literals.map((literal) => literal.length)) - literals.length / mostAlternatives;
}
