import { LazaretError } from '#domain/error.ts';

/** Bytes of a digest in lower-case hex; '' gives no bytes. @throws LazaretError 'invalid-input' for anything else. */
export function digestBytes(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, 'hex');
  if (bytes.toString('hex') !== hex) throw new LazaretError('invalid-input', `not a digest in lower-case hex: ${JSON.stringify(hex.slice(0, 80))}`);
  return bytes;
}

/** Lower-case hex of a digest; '' for none. */
export function digestHex(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes of the distinct SHA-256 digests; texts that can be none are left out. */
export function sha256Bytes(hexes: Iterable<string>): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const hex of new Set(hexes)) {
    const bytes = hex.length === 64 ? Buffer.from(hex, 'hex') : undefined;
    if (bytes?.length === 32) found.push(bytes);
  }
  return found;
}

/** A number that every database keeps and gives back: hostile headers hold times and sizes beyond any integer type. */
export function safeNumber(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.trunc(value)));
}
