import { type Condition, valueCondition } from './conditions.ts';

/** The column has one of the digests; what is no MD5 matches nothing. */
export function md5Condition(column: string, md5s: readonly string[]): Condition {
  return valueCondition(
    column,
    md5s.filter((md5) => /^[0-9a-f]{32}$/i.test(md5)).map((md5) => Buffer.from(md5, 'hex')),
  );
}
