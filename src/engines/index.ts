import type { DigestEngine, Engine } from './engine.ts';
import { openHashLists } from './reputation/open-hash-lists.ts';
import { openYaraPack } from './yara/index.ts';

/** A rule or a line of a list that was left out. `rule` is '' for a list. */
export interface EngineProblem {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

export interface OpenedEngines {
  readonly engines: readonly Engine[];
  readonly problems: readonly EngineProblem[];
}

export interface EngineOptions {
  /** Rule packs: a file or directory each, with the name reports show. */
  readonly packs: readonly { readonly path: string; readonly name?: string }[];
  /** Hash lists: files or directories. */
  readonly hashes: readonly string[];
  /** Where compiled packs are kept. */
  readonly cacheDir: string;
  /** Seconds one engine may take over one content. */
  readonly engineSeconds: number;
  readonly signal: AbortSignal;
}

/** Opens all engines the options name. @throws LazaretError 'not-found' or 'invalid-input' for a path that is no pack or list. */
export async function openEngines(options: EngineOptions): Promise<OpenedEngines> {
  const { cacheDir, engineSeconds, signal } = options;
  const engines: Engine[] = [];
  const problems: EngineProblem[] = [];
  for (const pack of options.packs) {
    const opened = await openYaraPack({ ...pack, cacheDir, engineSeconds, signal });
    engines.push(...opened.engines);
    problems.push(...opened.problems);
  }
  const lists: { readonly engines: readonly DigestEngine[]; readonly problems: readonly Omit<EngineProblem, 'rule'>[] } = await openHashLists({
    paths: options.hashes,
    signal,
  });
  engines.push(...lists.engines);
  problems.push(...lists.problems.map((problem) => ({ ...problem, rule: '' })));
  return { engines, problems };
}
