import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

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
  const bytes = readFileSync(path);
  if (sha256(bytes) !== digest) throw new Error('compiled rules do not match their digest');
  const end = bytes.indexOf(0x0a);
  return { header: JSON.parse(bytes.toString('utf8', 0, end)) as PackHeader, rules: bytes.subarray(end + 1) };
}
