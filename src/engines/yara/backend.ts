import type { MatchPlace } from '#domain/detection.ts';
import type { YaraRecipe } from '../engine.ts';

/** Rules of one namespace, as source. */
export interface NamespaceSource {
  readonly namespace: string;
  readonly source: string;
}

/** An error in a source, at a line from 1 of that source. */
export interface CompileError {
  readonly line: number;
  readonly message: string;
}

/** One rule that matched. Values of `meta` are as the engine gives them; a name given twice has its last value. */
export interface RawMatch {
  readonly rule: string;
  readonly namespace: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  /** Where its patterns matched, in bytes; the first `mostPlaces`, sorted. */
  readonly places: readonly MatchPlace[];
}

/** Places that are kept of one match. */
const mostPlaces = 10;

/** The places of a match from where each pattern matched. */
export function placesOf(matches: readonly { readonly offset: number; readonly length: number }[]): readonly MatchPlace[] {
  const places = matches.map(({ offset, length }): MatchPlace => [offset, offset + length]);
  return places.toSorted((left, right) => left[0] - right[0] || left[1] - right[1]).slice(0, mostPlaces);
}

/** Compiled rules, ready to look at contents one after the other. */
export interface Scanner {
  /** @throws TimedOut, or Error when the content could not be scanned. */
  scan(bytes: Buffer, variables: Readonly<Record<ExternalVariable, string>>): readonly RawMatch[];
}

/** A scan that did not end in time. */
export class TimedOut extends Error {}

/** One build of YARA-X. `backend-contract.ts` holds what each must do. */
export interface Backend {
  readonly name: YaraRecipe['backend'];
  /** Changes whenever the same rules could judge otherwise. */
  readonly version: string;
  /** Errors of one source; a rule that refers to a rule with an error has one too. */
  validate(source: string): readonly CompileError[];
  /** Compiles rules without errors. `failed` is true when an error was met; then `bytes` must not be used. */
  compile(sources: readonly NamespaceSource[]): { readonly bytes: Buffer; readonly failed: boolean };
  /** @throws Error when the bytes are not what `compile` gave. */
  load(bytes: Buffer, limits: { readonly timeoutMs: number; readonly matchesPerPattern: number }): Scanner;
}

/** Variables that every rule may use. `filetype` follows from the content, the others say where it lies. */
export const externalVariables = ['filename', 'filepath', 'extension', 'filetype', 'owner'] as const;
export type ExternalVariable = (typeof externalVariables)[number];

/** Modules that both builds have; a rule that needs another is left out. */
export const supportedModules: ReadonlySet<string> = new Set([
  'pe',
  'elf',
  'dotnet',
  'macho',
  'lnk',
  'dex',
  'crx',
  'math',
  'hash',
  'time',
  'console',
  'string',
]);
