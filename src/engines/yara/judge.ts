import { basename, extname } from 'node:path';
import type { Detection, MatchPlace } from '#domain/detection.ts';
import type { FileType } from '#domain/file-entry.ts';
import type { ContentFacts, Judge, YaraRecipe } from '../engine.ts';
import { type Backend, type ExternalVariable, type Scanner, TimedOut } from './backend.ts';
import { openBackend } from './backends.ts';
import { detectionOf } from './detection.ts';
import { type RoutingKind, routeOf } from './kinds.ts';
import { readPack } from './pack-file.ts';

/**
 * Judges contents by compiled packs, each loaded when the first content of its kind comes.
 * @throws LazaretError when this machine has not the recipe's backend.
 */
export function openYaraJudge(recipe: YaraRecipe): Judge {
  const backend = openBackend(recipe.backend);
  const loaded = new Map<RoutingKind, LoadedPack | undefined>();
  return {
    groupOf: routeOf,
    inspect(bytes: Buffer, facts: ContentFacts): readonly Detection[] {
      const kind = routeOf(bytes);
      if (!loaded.has(kind)) loaded.set(kind, load(backend, recipe, kind));
      const pack = loaded.get(kind);
      return pack === undefined ? [] : inspect(pack, bytes, facts, recipe);
    },
  };
}

/** What rules know as `filetype`, in the words that public rule packs use. */
const fileTypeNames = {
  elf: 'ELF',
  pe: 'EXE',
  macho: 'MACH-O',
  script: 'SCRIPT',
  document: 'DOCUMENT',
  archive: 'ARCHIVE',
  class: 'CLASS',
  image: 'IMAGE',
  text: 'TEXT',
  empty: 'EMPTY',
  other: 'UNKNOWN',
} as const satisfies Record<FileType, string>;

interface LoadedPack {
  readonly scanner: Scanner;
  readonly licence: string;
}

function load(backend: Backend, recipe: YaraRecipe, kind: RoutingKind): LoadedPack | undefined {
  const file = recipe.files[kind];
  if (file === undefined) return undefined;
  const { header, rules } = readPack(file.path, file.sha256);
  const scanner = backend.load(rules, { timeoutMs: recipe.engineSeconds * 1000, matchesPerPattern: header.matchesPerPattern });
  return { scanner, licence: header.licence };
}

function inspect(pack: LoadedPack, bytes: Buffer, facts: ContentFacts, recipe: YaraRecipe): Detection[] {
  try {
    const matches = pack.scanner.scan(bytes, variablesOf(facts, recipe.readsPath));
    return matches
      .map((match) => detectionOf({ ...match, places: inCharacters(match.places, bytes, facts.fileType) }, { name: recipe.pack, licence: pack.licence }))
      .sort((left, right) => compareText(left.rule, right.rule));
  } catch (error) {
    if (error instanceof TimedOut) throw new Error(`timed out after ${recipe.engineSeconds} s`, { cause: error });
    throw error;
  }
}

function variablesOf(facts: ContentFacts, readsPath: boolean): Record<ExternalVariable, string> {
  const filetype = fileTypeNames[facts.fileType];
  if (!readsPath) return { filename: '', filepath: '', extension: '', filetype, owner: '' };
  const filename = basename(facts.path);
  return { filename, filepath: facts.path, extension: extname(filename).toLowerCase(), filetype, owner: ownerName(facts.owner) };
}

// People count characters of a text. Few contents match, so that reading their bytes once more costs little.
function inCharacters(places: readonly MatchPlace[], bytes: Buffer, fileType: FileType): readonly MatchPlace[] {
  if (places.length === 0 || (fileType !== 'text' && fileType !== 'script')) return places;
  let at = 0;
  let characters = 0;
  const count = new Map<number, number>();
  for (const end of places.flat().toSorted((left, right) => left - right)) {
    characters += bytes.toString('utf8', at, end).length;
    at = end;
    count.set(end, characters);
  }
  return places.map(([from, to]) => [count.get(from) ?? from, count.get(to) ?? to]);
}

/** What rules know as `owner`: 'root', or `uid:` with the number, since names of other users are the host's affair. */
function ownerName(owner: string): string {
  return owner === '0' ? 'root' : `uid:${owner}`;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
