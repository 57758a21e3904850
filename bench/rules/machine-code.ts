import type { Random } from '../random.ts';
import type { HexToken } from './pattern.ts';

// Rules about code are cut from functions: what they fix are opcodes, which every program has, and what they leave open
// are addresses. So these are shapes of x86-64 instructions; R is a byte that names registers, D a displacement on the
// stack, I a constant, ? a byte of an address.
const shapes = [
  '55 48 89 e5',
  '48 83 ec I',
  '48 89 R D',
  '48 8b R D',
  '89 R D',
  '8b R D',
  '0f b6 R D',
  '48 8d 3d ? ? ? ?',
  '48 8d 35 ? ? ? ?',
  'e8 ? ? ? ?',
  'c7 45 D I I 00 00',
  '83 7d D I',
  '74 I',
  '75 I',
  '0f 84 ? ? 00 00',
  '48 63 R',
  '01 R',
  '31 R',
  '41 5c 41 5d',
  '48 c1 e0 I',
  '88 R D',
  '3c I',
  '0f be R',
  'ba I 00 00 00',
  'bf I 00 00 00',
  'b8 I I 00 00',
  '0f 05',
  '66 89 R D',
  '48 98',
  'c9 c3',
] as const;

const registerBytes = [0x45, 0x4d, 0x55, 0x5d, 0x75, 0x7d, 0xc0, 0xc2, 0xc6, 0xc7, 0xd0, 0xd1, 0xf8] as const;

/** Code of `least` to about `most` bytes that begins and ends with a fixed byte. */
export function machineCode(random: Random, least: number, most: number): readonly HexToken[] {
  const wanted = random.between(least, most);
  const tokens: HexToken[] = [];
  while (tokens.length < wanted)
    tokens.push(
      ...random
        .pick(shapes)
        .split(' ')
        .map((part) => tokenOf(part, random)),
    );
  const gap = gapPlace(tokens);
  if (random.chance(10) && gap !== undefined) tokens.splice(gap, 0, { least: 0, most: random.between(2, 12) });
  return trimmed(tokens);
}

function tokenOf(part: string, random: Random): HexToken {
  if (part === '?') return 'any';
  if (part === 'R') return random.chance(8) ? { nibble: `${random.pick(['4', 'c', 'f'])}?` } : random.pick(registerBytes);
  if (part === 'D') return random.chance(25) ? 'any' : 0x100 - 4 * random.between(1, 32);
  if (part === 'I') return random.chance(15) ? 'any' : random.between(1, 0x7f);
  return Number.parseInt(part, 16);
}

// ClamAV wants two fixed bytes together on either side of a gap.
function gapPlace(tokens: readonly HexToken[]): number | undefined {
  const places = tokens.flatMap((_, index) => (index >= 2 && tokens.slice(index - 2, index + 2).filter(isFixed).length === 4 ? [index] : []));
  return places[Math.floor(places.length / 2)];
}

function isFixed(token: HexToken): boolean {
  return typeof token === 'number';
}

function trimmed(tokens: readonly HexToken[]): readonly HexToken[] {
  return tokens.slice(tokens.findIndex(isFixed), tokens.findLastIndex(isFixed) + 1);
}
