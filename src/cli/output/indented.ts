/** A value as JSON with an indent of two, as it stands `depth` levels inside a document; undefined members are left out. */
export function indentedJson(value: object | string | number | boolean | null, depth: number): string {
  // Strings in JSON hold no raw newline, so that every newline is one between members.
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`);
}

/** An array that stands `depth` levels inside a document, one piece a member. */
export function* indentedArray(values: Iterable<object>, depth: number): Generator<string> {
  const inner = '  '.repeat(depth + 1);
  let isEmpty = true;
  for (const value of values) {
    yield `${isEmpty ? '[' : ','}\n${inner}${indentedJson(value, depth + 1)}`;
    isEmpty = false;
  }
  yield isEmpty ? '[]' : `\n${'  '.repeat(depth)}]`;
}
