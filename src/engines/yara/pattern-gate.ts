import { anyOf, type Gate } from './gate.ts';
import { type Certain, certainOf, literalOf, partsOf, rarityOfText, tinyOf } from './literals.ts';
import { formsOfPattern } from './pattern-forms.ts';
import type { Tree } from './pattern-tree.ts';
import { proofOf } from './proof.ts';
import type { Pattern } from './rules-file.ts';

/** What a content must hold before the pattern can match in it; `true` where nothing is certain. */
export function gateOfPattern(pattern: Pattern): Gate {
  const forms = formsOfPattern(pattern);
  if (forms === undefined) return true;
  return anyOf(forms.trees.map((tree) => gateOfTree(tree, forms.isEncoded ? shortestEncoded : undefined)));
}

/** There are many forms of what is encoded, so that short bytes are found everywhere. */
const shortestEncoded = 4;
/** Bits of rarity below which bytes are in so many contents that a closer look pays. */
const commonBits = 45;
/** Bits of rarity below which looking for bytes is no use. */
const uselessBits = 11;
const uselessProvedBits = 4.5;

function gateOfTree(tree: Tree, shortest?: number): Gate {
  const parts = partsOf(tree);
  const certain = certainOf(tree, shortest);
  const leaves = certain?.forms.map((form) => leafOf(form, parts, certain));
  if (leaves?.every((leaf) => leaf !== undefined) === true) return anyOf(leaves);
  const tiny = shortest === undefined ? tinyOf(tree) : undefined;
  if (tiny === undefined) return true;
  const proof = proofOf(parts, tiny, tiny.forms[0]?.length ?? 0);
  return anyOf(tiny.forms.map((exact) => (proof === undefined ? { exact } : { exact, proof })));
}

function leafOf(form: string, parts: readonly Tree[], certain: Certain): Gate | undefined {
  const literal = literalOf(form);
  const rarity = rarityOfText(literal);
  const proof = rarity < commonBits ? proofOf(parts, certain, literal.length) : undefined;
  if (rarity < (proof === undefined ? uselessBits : uselessProvedBits)) return undefined;
  return proof === undefined ? { literal } : { literal, proof };
}
