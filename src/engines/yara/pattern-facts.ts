import { isForeignToText } from './kinds.ts';
import { partsOf } from './literals.ts';
import { formsOfPattern } from './pattern-forms.ts';
import type { Tree } from './pattern-tree.ts';
import type { Pattern } from './rules-file.ts';

/** What is certain about every match of a pattern. */
export interface PatternFacts {
  /** True when every match holds a byte that no content of kind text has. */
  readonly foreignToText: boolean;
  /** The bytes with which every match begins, as far as they are certain; bounded to `prefixBytes`. */
  readonly prefix: readonly number[];
}

const prefixBytes = 8;

/** Derives what is certain; of what is not understood, or is encoded, nothing is. */
export function patternFacts(pattern: Pattern): PatternFacts {
  const forms = formsOfPattern(pattern);
  if (forms === undefined || forms.isEncoded) return { foreignToText: false, prefix: [] };
  const [first = [], ...others] = forms.trees.map(prefixOf);
  const differs = first.findIndex((byte, index) => others.some((other) => other[index] !== byte));
  return { foreignToText: forms.trees.every(isForeign), prefix: differs === -1 ? first : first.slice(0, differs) };
}

function prefixOf(tree: Tree): readonly number[] {
  const prefix: number[] = [];
  for (const part of partsOf(tree)) {
    if (prefix.length === prefixBytes || !('set' in part) || part.set.length !== 1) break;
    prefix.push(part.set[0] as number);
  }
  return prefix;
}

function isForeign(tree: Tree): boolean {
  if ('set' in tree) return tree.set.every(isForeignToText);
  if ('all' in tree) return tree.all.some(isForeign);
  if ('any' in tree) return tree.any.every(isForeign);
  return tree.least > 0 && isForeign(tree.repeat);
}
