import { baseName } from './path.ts';

// Where an archive ends and its inside begins, in the paths of raw names and in those that people read.
const border = '!/';

/**
 * The path of a member of the archive at `outer`: `outer.jar!/inner.class`. A packed stream (gzip, xz) does not name what it holds (`inner` is ''):
 * it has the name of the stream without its ending, `notes.gz!/notes`.
 */
export function pathInside(outer: string, inner: string): string {
  return `${outer}${border}${inner === '' ? unpackedName(baseName(outer)) : inner}`;
}

/**
 * Where the members of an archive at `inner` of the archive at `outer` begin. What a packed stream holds is passed over, as people do:
 * `a.tar.xz!/bin/x` rather than `a.tar.xz!/a.tar!/bin/x`.
 */
export function outerInside(outer: string, inner: string): string {
  return inner === '' ? outer : pathInside(outer, inner);
}

const endings: readonly (readonly [packed: string, unpacked: string])[] = [
  ['.tgz', '.tar'],
  ['.txz', '.tar'],
  ['.tzst', '.tar'],
  ['.tbz2', '.tar'],
  ['.gz', ''],
  ['.xz', ''],
  ['.zst', ''],
  ['.bz2', ''],
];

function unpackedName(name: string): string {
  const folded = name.toLowerCase();
  const ending = endings.find(([packed]) => folded.endsWith(packed) && folded.length > packed.length);
  return ending === undefined ? 'content' : `${name.slice(0, -ending[0].length)}${ending[1]}`;
}
