import fc from 'fast-check';
import type { Operation } from '#clouds/operation.ts';
import type { Parameter } from '#clouds/parameters.ts';
import type { WireRequest } from './pipeline.ts';

/** How a sound request is spoilt. Numbers choose by their remainder, so that any of them fits any request. */
export interface Mangling {
  readonly operation: number;
  readonly carrier: number;
  /** Before signing: parameters replaced, taken away or added. */
  readonly edits: readonly { readonly at: number; readonly kind: number; readonly junk: unknown }[];
  /** After signing: what is done to the bytes; most requests are left as they are, else few would get beyond the signature. */
  readonly damage: number;
  readonly place: number;
  readonly text: string;
}

const junk = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 24 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -1, 1, 101, 2 ** 31, 2 ** 53, 1e308, 0.5) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      '0',
      '-1',
      '1e9',
      '99999999999999999999',
      'true',
      'null',
      'undefined',
      '[object Object]',
      '%',
      '%zz',
      '\u0000',
      '../../etc/passwd',
      "' OR 1=1 --",
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom(null, true, [], {}, [[]], [null], { a: { b: {} } }, [{}], ['x'.repeat(3000)]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ Name: fc.string({ maxLength: 8 }), Values: fc.array(fc.string({ maxLength: 8 }), { maxLength: 3 }) }), { maxLength: 3 }),
  },
);

/** Manglings by fast-check: small ones are sound requests. */
export const mangling: fc.Arbitrary<Mangling> = fc.record({
  operation: fc.nat(),
  carrier: fc.nat(),
  edits: fc.array(fc.record({ at: fc.nat(), kind: fc.nat(), junk }), { maxLength: 4 }),
  damage: fc.nat(),
  place: fc.nat(),
  text: fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
});

/** A name by which an edit may add a parameter. */
const strayNames = ['__proto__', 'constructor', 'Filters', 'Action', 'Version', 'a.b.c', 'X.1', 'X.0.Y', 'Lang', 'Format', 'toString', '中', ' '];

/** Parameters of a sound request, spoilt by the edits. `sample` gives values for texts by the parameter's name. */
export function mangledParameters(operation: Operation, { edits }: Mangling, sample: (name: string) => string): Readonly<Record<string, unknown>> {
  const parameters: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, parameter] of Object.entries(operation.parameters)) if (parameter.required === true) parameters[name] = soundValue(name, parameter, sample);
  const names = Object.keys(operation.parameters);
  for (const { at, kind, junk: value } of edits) {
    const name = names[at % Math.max(1, names.length)] ?? 'X';
    const parameter = operation.parameters[name];
    if (kind % 8 === 0) delete parameters[name];
    else if (kind % 8 === 2 && parameter !== undefined) parameters[name] = spoiltInside(soundValue(name, parameter, sample), at, value);
    else if (kind % 8 === 1) parameters[strayNames[at % strayNames.length] ?? 'X'] = value;
    else if (kind % 8 < 5 && parameter !== undefined) parameters[name] = soundValue(name, parameter, sample);
    else parameters[name] = value;
  }
  return parameters;
}

// Goes down by `at` and puts the junk in place of, or beside, something below.
function spoiltInside(value: unknown, at: number, waste: unknown): unknown {
  if (typeof value !== 'object' || value === null) return waste;
  const entries = Object.entries(value);
  const chosen = at % (entries.length + 1);
  const rest = Math.floor(at / (entries.length + 1));
  const stray = strayNames[rest % strayNames.length] ?? 'X';
  if (isList(value))
    return chosen === entries.length ? [...value, waste] : value.map((item, index) => (index === chosen ? spoiltInside(item, rest, waste) : item));
  const spoilt = entries.map(([name, inner], index) => [name, index === chosen ? spoiltInside(inner, rest, waste) : inner] as const);
  return Object.fromEntries(chosen === entries.length ? [...spoilt, [stray, waste]] : spoilt);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function soundValue(name: string, parameter: Parameter, sample: (name: string) => string): unknown {
  switch (parameter.kind) {
    case 'text':
      return sample(name);
    case 'integer':
      return Math.max(parameter.min, Math.min(parameter.max, 1));
    case 'boolean':
      return true;
    case 'list':
      return [soundValue(name, parameter.item, sample)];
    case 'object':
      return Object.fromEntries(Object.entries(parameter.fields).map(([field, inner]) => [field, soundValue(field, inner, sample)]));
  }
}

/** Flat parameters by dots with positions from `first`; texts of what is no text as a careless client would write them. */
export function flatten(parameters: Readonly<Record<string, unknown>>, first: 0 | 1): readonly (readonly [string, string])[] {
  const pairs: [string, string][] = [];
  const walk = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) walk(`${name}.${index + first}`, item);
    else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) walk(`${name}.${key}`, inner);
    else pairs.push([name, String(value)]);
  };
  for (const [name, value] of Object.entries(parameters)) walk(name, value);
  return pairs;
}

const damages: readonly ((request: WireRequest, one: Mangling) => WireRequest)[] = [
  (request, { place }) => ({ ...request, body: flipped(request.body, place) }),
  (request, { place }) => ({ ...request, body: request.body.subarray(0, place % (request.body.length + 1)) }),
  (request, { text }) => ({ ...request, body: Buffer.concat([request.body, Buffer.from(text)]) }),
  (request, { place }) => ({ ...request, headers: request.headers.filter((_, index) => index !== place % request.headers.length) }),
  (request, { place, text }) => ({
    ...request,
    headers: request.headers.map(([name, value], index) =>
      index === place % request.headers.length ? ([name, cleanHeader(text)] as const) : ([name, value] as const),
    ),
  }),
  (request, { place }) => ({ ...request, headers: [...request.headers, request.headers[place % request.headers.length] ?? ['x', 'y']] }),
  (request, { text }) => ({ ...request, target: `${request.target}${request.target.includes('?') ? '&' : '?'}${encodeURIComponent(text)}` }),
  (request, { text }) => ({ ...request, target: `${request.target}${request.target.includes('?') ? '&' : '?'}%${text.replaceAll(/[^\w%&=.]/g, '')}` }),
  (request, { place }) => ({ ...request, method: ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'GET', 'POST'][place % 6] ?? 'PUT' }),
  (request, { place }) => ({ ...request, target: ['/x', '//', '/?', '/%00', '/healthz', '/downloads/../../x', '/uploads/'][place % 7] ?? '/x' }),
];

/** One request of four is damaged after it was signed. */
export function damaged(request: WireRequest, one: Mangling): WireRequest {
  const damage = one.damage % 4 === 0 ? damages[Math.floor(one.damage / 4) % damages.length] : undefined;
  return damage?.(request, one) ?? request;
}

function flipped(body: Buffer, place: number): Buffer {
  const copy = Buffer.from(body);
  if (copy.length > 0) copy.writeUInt8(copy.readUInt8(place % copy.length) ^ (1 << (place % 8)), place % copy.length);
  return copy;
}

// What no HTTP parser takes would end the connection before the request is one.
function cleanHeader(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').trim();
}
