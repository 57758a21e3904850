import { basename, dirname, extname, join } from 'node:path';
import type { Detection, MatchPlace } from '#domain/detection.ts';
import type { FileType } from '#domain/file-entry.ts';
import type { ContentFacts, Judge, YaraRecipe } from '../engine.ts';
import { type Backend, type ExternalVariable, type Scanner, TimedOut } from './backend.ts';
import { openBackend } from './backends.ts';
import { detectionOf } from './detection.ts';
import { type RoutingKind, routeOf } from './kinds.ts';
import { type PackIndex, readIndex, readPack } from './pack-file.ts';
import { openScreen, type Screen } from './screen.ts';

/**
 * Judges contents by compiled packs; what a kind of content needs is loaded when the first of it comes. The judges share
 * what they find out about a content before any rules are asked.
 * @throws LazaretError when this machine has not a recipe's backend.
 */
export function openYaraJudges(recipes: readonly YaraRecipe[]): readonly Judge[] {
  const screens = new Map<readonly RoutingKind[], Screen>();
  const screenOf = (kinds: readonly RoutingKind[]): Screen => {
    let screen = screens.get(kinds);
    if (screen === undefined) screens.set(kinds, (screen = openScreen(kinds.flatMap((kind) => recipes.map((recipe) => indexOf(recipe, kind))))));
    return screen;
  };
  const kindOf = rememberAnswers(routeOf);
  return recipes.map((recipe, number) => {
    const packs = new PackSet(recipe);
    return {
      groupOf: kindOf,
      prepare: () => void screenOf(usualKinds),
      inspect(bytes: Buffer, facts: ContentFacts): readonly Detection[] {
        const kind = kindOf(bytes);
        const kinds = usualKinds.includes(kind) ? usualKinds : otherKinds;
        const pack = kinds.indexOf(kind) * recipes.length + number;
        const buckets = screenOf(kinds).buckets(pack, { bytes, variables: variablesOf(facts, recipe.readsPath) });
        return buckets.length === 0 ? [] : inspect(packs.load(kind, buckets), bytes, facts, recipe);
      },
    };
  });
}

// Kinds that come mixed have one screen, as most of their literals are the same and one table stays in the processor's cache. Rules for
// programs of Windows are as many again, and few images of Linux have such a program.
const usualKinds: readonly RoutingKind[] = ['elf', 'text', 'other'];
const otherKinds: readonly RoutingKind[] = ['pe'];

// Every judge asks about the same content, and so does whoever sorts contents.
function rememberAnswers<Answer>(find: (bytes: Buffer) => Answer): (bytes: Buffer) => Answer {
  const answers = new WeakMap<Buffer, Answer>();
  return (bytes) => {
    let answer = answers.get(bytes);
    if (answer === undefined) answers.set(bytes, (answer = find(bytes)));
    return answer;
  };
}

function indexOf(recipe: YaraRecipe, kind: RoutingKind): PackIndex {
  const file = recipe.files[kind];
  return file === undefined ? { literals: [], proofs: [], rules: [], buckets: [] } : readIndex(file.path, file.sha256);
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

/** The compiled rules of one recipe that some content has met. */
class PackSet {
  private readonly recipe: YaraRecipe;
  private readonly backend: Backend;
  private readonly loaded = new Map<string, LoadedPack>();

  constructor(recipe: YaraRecipe) {
    this.recipe = recipe;
    this.backend = openBackend(recipe.backend);
  }

  load(kind: RoutingKind, digests: readonly string[]): readonly LoadedPack[] {
    const folder = dirname(this.recipe.files[kind]?.path ?? '');
    return digests.map((digest) => {
      let pack = this.loaded.get(digest);
      if (pack === undefined) this.loaded.set(digest, (pack = this.read(join(folder, `${digest}.pack`), digest)));
      return pack;
    });
  }

  private read(path: string, digest: string): LoadedPack {
    const { header, rules } = readPack(path, digest);
    const limits = { timeoutMs: this.recipe.engineSeconds * 1000, matchesPerPattern: header.matchesPerPattern };
    return { scanner: this.backend.load(rules, limits), licence: header.licence };
  }
}

function inspect(packs: readonly LoadedPack[], bytes: Buffer, facts: ContentFacts, recipe: YaraRecipe): Detection[] {
  const variables = variablesOf(facts, recipe.readsPath);
  const end = performance.now() + recipe.engineSeconds * 1000;
  const detections: Detection[] = [];
  try {
    for (const { scanner, licence } of packs) {
      if (performance.now() > end) throw new TimedOut('timed out');
      for (const match of scanner.scan(bytes, variables)) {
        detections.push(detectionOf({ ...match, places: inCharacters(match.places, bytes, facts.fileType) }, { name: recipe.pack, licence }));
      }
    }
  } catch (error) {
    if (error instanceof TimedOut) throw new Error(`timed out after ${recipe.engineSeconds} s`, { cause: error });
    throw error;
  }
  return detections.sort((left, right) => compareText(left.rule, right.rule));
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
