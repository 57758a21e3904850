import { posix } from 'node:path';
import type { TreeFile } from './tree.ts';

/** One import of a file, by a file. */
export interface Import {
  readonly from: string;
  /** Path from the root for our own files, the specifier as written for the rest. */
  readonly to: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

const statement = /^[ \t]*(?:import|export)\b(?<clause>[^'"`;]*?)\bfrom\s*['"](?<specifier>[^'"]+)['"]/gm;
const bare = /^[ \t]*import\s*['"](?<specifier>[^'"]+)['"]/gm;
const dynamic = /\bimport\(\s*['"](?<specifier>[^'"]+)['"]/g;

/** The imports a file writes, re-exports and dynamic ones included. */
export function importsOf({ path, text }: TreeFile): readonly Import[] {
  return [statement, bare, dynamic].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(({ groups }) => ({
      from: path,
      to: resolveSpecifier(path, groups?.['specifier'] ?? ''),
      typeOnly: /^\s*type\b/.test(groups?.['clause'] ?? ''),
    })),
  );
}

function resolveSpecifier(from: string, specifier: string): string {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`;
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
}
