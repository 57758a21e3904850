/** One token of YARA source. `text` is as written; offsets are into the source. */
export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'regex' | 'hex' | 'pattern' | 'mark';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The source ends inside a text, comment, regular expression or hex string, or holds a character YARA has no use for. */
export class LexError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

// Sticky and without nested quantifiers, so that each match takes time linear in its length.
const blank = /[\s\uFEFF]+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+(?:\.[0-9]+)?(?:KB|MB)?/y;
const pattern = /[$#@!][A-Za-z0-9_]*\*?/y;
const mark = /\.\.|==|!=|<=|>=|<<|>>|[-+*\\%&|^~<>()[\]{}:=,.]/y;

const hexCharacter = /[0-9a-fA-F?~[\]()|\s-]/;

/** Reads tokens one after the other, skipping blanks and comments. A slash always begins a regular expression, since YARA divides with a backslash. */
export class Lexer {
  readonly source: string;
  offset: number;

  constructor(source: string, offset = 0) {
    this.source = source;
    this.offset = offset;
  }

  /** The next token, or undefined at the end. @throws LexError */
  next(): Token | undefined {
    this.skipBlank();
    const start = this.offset;
    if (start >= this.source.length) return undefined;
    const first = this.source[start];
    if (first === '"') return this.take('text', endOfText(this.source, start));
    if (first === '/') return this.take('regex', endOfRegex(this.source, start));
    return this.match('mark', mark) ?? this.match('word', word) ?? this.match('number', number) ?? this.match('pattern', pattern) ?? this.reject(start);
  }

  /** The hex string whose opening brace was just read at `start`. @throws LexError */
  hex(start: number): Token {
    for (let at = start + 1; at < this.source.length; at++) {
      const character = this.source[at];
      if (character === '}') return { kind: 'hex', text: this.source.slice(start, at + 1), start, end: (this.offset = at + 1) };
      if (character === '/') at = endOfComment(this.source, at) - 1;
      else if (character === undefined || !hexCharacter.test(character)) break;
    }
    throw new LexError('hex string without end', start);
  }

  private skipBlank(): void {
    for (;;) {
      blank.lastIndex = this.offset;
      if (blank.test(this.source)) this.offset = blank.lastIndex;
      const slash = this.source[this.offset] === '/' ? this.source[this.offset + 1] : undefined;
      if (slash !== '/' && slash !== '*') return;
      this.offset = endOfComment(this.source, this.offset);
    }
  }

  private match(kind: Token['kind'], expression: RegExp): Token | undefined {
    expression.lastIndex = this.offset;
    return expression.test(this.source) ? this.take(kind, expression.lastIndex) : undefined;
  }

  private take(kind: Token['kind'], end: number): Token {
    const start = this.offset;
    this.offset = end;
    return { kind, text: this.source.slice(start, end), start, end };
  }

  private reject(start: number): never {
    throw new LexError(`unexpected character ${JSON.stringify(this.source[start])}`, start);
  }
}

function endOfComment(source: string, start: number): number {
  const line = source[start + 1] === '/';
  if (!line && source[start + 1] !== '*') throw new LexError('unexpected slash', start);
  const end = line ? source.indexOf('\n', start) : source.indexOf('*/', start + 2);
  if (line) return end < 0 ? source.length : end + 1;
  if (end < 0) throw new LexError('comment without end', start);
  return end + 2;
}

function endOfText(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
    else if (character === '\n') break;
  }
  throw new LexError('text without end', start);
}

// The flags `i` and `s` belong to the expression.
function endOfRegex(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (character === '\n') break;
    else if (character === '/') {
      do at++;
      while (source[at] === 'i' || source[at] === 's');
      return at;
    }
  }
  throw new LexError('regular expression without end', start);
}
