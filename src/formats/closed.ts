import type { Format } from './format.ts';

// Kinds of archives that are known and not opened: what holds one is never taken for looked at.

export const sevenZip: Format = { name: '7z', recognise: startsWith('377abcaf271c'), open: undefined };
/** RAR 4 and 5. */
export const rar: Format = { name: 'rar', recognise: startsWith('526172211a07'), open: undefined };

function startsWith(hex: string): Format['recognise'] {
  const bytes = Buffer.from(hex, 'hex');
  return (head) => head[0] === bytes[0] && head.subarray(0, bytes.length).equals(bytes);
}
