import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BucketedRule } from './buckets.ts';
import type { PlacedLiteral } from './prefilter.ts';
import type { Proof } from './proof.ts';

/** What stands before the compiled rules in a file of the cache. */
export interface PackHeader {
  /** Licence of rules that name none. */
  readonly licence: string;
  /** Matches of one pattern that the engine keeps: enough to judge every rule of the pack. */
  readonly matchesPerPattern: number;
}

/** One line of JSON, then the compiled rules. */
export function encodePack(header: PackHeader, rules: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), rules]);
}

/** SHA-256 in lower-case hex. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads a pack. @throws Error when its bytes are not those that were compiled: compiled rules are code, so nothing else is ever loaded. */
export function readPack(path: string, digest: string): { header: PackHeader; rules: Buffer } {
  const bytes = readVerified(path, digest);
  const end = bytes.indexOf(0x0a);
  return { header: JSON.parse(bytes.toString('utf8', 0, end)) as PackHeader, rules: bytes.subarray(end + 1) };
}

/** Which packs a content must meet; see `Bucketing`. */
export interface PackIndex {
  readonly literals: readonly PlacedLiteral[];
  readonly proofs: readonly Proof[];
  readonly rules: readonly BucketedRule[];
  /** SHA-256 of each bucket's pack. */
  readonly buckets: readonly string[];
}

/** An index as JSON. */
export function encodeIndex({ literals, proofs, rules, buckets }: PackIndex): Buffer {
  const compact: CompactIndex = {
    literals: literals.map(({ bytes, place }) => [bytes, place]),
    proofs: proofs.map(({ source, bytes }) => [source, bytes]),
    rules: rules.map(({ bucket, gate }) => [bucket, gate]),
    buckets,
  };
  return Buffer.from(JSON.stringify(compact));
}

/** Reads an index. @throws Error when its bytes are not those that were written. */
export function readIndex(path: string, digest: string): PackIndex {
  const { literals, proofs, rules, buckets } = JSON.parse(readVerified(path, digest).toString('utf8')) as CompactIndex;
  return {
    literals: literals.map(([bytes, place]) => ({ bytes, place })),
    proofs: proofs.map(([source, bytes]) => ({ source, bytes })),
    rules: rules.map(([bucket, gate]) => ({ bucket, gate })),
    buckets,
  };
}

interface CompactIndex {
  readonly literals: readonly (readonly [PlacedLiteral['bytes'], PlacedLiteral['place']])[];
  readonly proofs: readonly (readonly [Proof['source'], Proof['bytes']])[];
  readonly rules: readonly (readonly [BucketedRule['bucket'], BucketedRule['gate']])[];
  readonly buckets: readonly string[];
}

function readVerified(path: string, digest: string): Buffer {
  const bytes = readFileSync(path);
  if (sha256(bytes) !== digest) throw new Error('compiled rules do not match their digest');
  return bytes;
}
