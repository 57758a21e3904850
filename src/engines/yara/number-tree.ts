/** A whole number that a condition computes from a content. */
export type NumberTree =
  | number
  | 'filesize'
  | { readonly read: IntegerRead; readonly at: NumberTree }
  | { readonly operator: Operator; readonly left: NumberTree; readonly right: NumberTree };

/** What `uint16be` and the like read. */
export interface IntegerRead {
  /** Bytes. */
  readonly size: number;
  readonly signed: boolean;
  readonly bigEndian: boolean;
}

const operators = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '&': (left, right) => left & right,
  '|': (left, right) => left | right,
  '^': (left, right) => left ^ right,
  '<<': (left, right) => (right < 0n || right > 31n ? tooLarge : left << right),
  '>>': (left, right) => (right < 0n || right > 31n ? tooLarge : left >> right),
} as const satisfies Record<string, (left: bigint, right: bigint) => bigint>;

/** Operators whose results all engines agree on, as long as they are not too large. */
type Operator = keyof typeof operators;

function isOperator(text: string): text is Operator {
  return Object.hasOwn(operators, text);
}

// From the loosest to the tightest, as in YARA's grammar; those of one rank bind from the left.
const ranks: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '\\', '%']];
/** Operands in a row that are understood. */
const mostOperands = 32;

/** The number that operands and the operators between them make; undefined where one of them is not understood. */
export function combine(operands: readonly (NumberTree | undefined)[], between: readonly string[]): NumberTree | undefined {
  if (between.length === 0) return operands[0];
  if (operands.length > mostOperands) return undefined;
  const rank = ranks.find((operatorsOfRank) => between.some((operator) => operatorsOfRank.includes(operator)));
  const at = between.findLastIndex((operator) => rank?.includes(operator) === true);
  const operator = between[at];
  const left = combine(operands.slice(0, at + 1), between.slice(0, at));
  const right = combine(operands.slice(at + 1), between.slice(at + 1));
  return operator === undefined || !isOperator(operator) || left === undefined || right === undefined ? undefined : { operator, left, right };
}

const comparisons = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
} as const satisfies Record<string, (left: bigint, right: bigint) => boolean>;

export type Comparison = keyof typeof comparisons;

export function isComparison(text: string): text is Comparison {
  return Object.hasOwn(comparisons, text);
}

/** Whether the comparison may be true of the content. One that reads beyond the content's end is not. */
export function mayCompare(comparison: Comparison, left: NumberTree, right: NumberTree, content: Buffer): boolean {
  const one = valueOf(left, content);
  const other = valueOf(right, content);
  if (one === 'absent' || other === 'absent') return false;
  return one === 'unknown' || other === 'unknown' || comparisons[comparison](one, other);
}

// Conditions compute with 64 bits; what comes near their end is left to the engine.
const largest = 2n ** 62n;
const tooLarge = 2n ** 64n;

/** `absent` where the content ends before; `unknown` where it is better left to the engine. */
function valueOf(tree: NumberTree, content: Buffer): bigint | 'absent' | 'unknown' {
  if (typeof tree === 'number') return BigInt(tree);
  if (tree === 'filesize') return BigInt(content.length);
  if ('read' in tree) {
    const at = valueOf(tree.at, content);
    return typeof at === 'bigint' ? readInteger(tree.read, at, content) : at;
  }
  const left = valueOf(tree.left, content);
  const right = valueOf(tree.right, content);
  if (left === 'absent' || right === 'absent') return 'absent';
  if (left === 'unknown' || right === 'unknown') return 'unknown';
  const result = operators[tree.operator](left, right);
  return result > largest || result < -largest ? 'unknown' : result;
}

function readInteger({ size, signed, bigEndian }: IntegerRead, at: bigint, content: Buffer): bigint | 'absent' {
  if (at < 0n || at + BigInt(size) > BigInt(content.length)) return 'absent';
  const offset = Number(at);
  if (signed) return BigInt(bigEndian ? content.readIntBE(offset, size) : content.readIntLE(offset, size));
  return BigInt(bigEndian ? content.readUIntBE(offset, size) : content.readUIntLE(offset, size));
}
