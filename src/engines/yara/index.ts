import { basename, resolve } from 'node:path';
import type { ByteEngine, YaraRecipe } from '../engine.ts';
import type { Backend } from './backend.ts';
import { openBackend, openBestBackend } from './backends.ts';
import { type Manifest, type ManifestPack, openPackCache, type PackCache } from './cache.ts';
import { compilePacks } from './compile.ts';
import { encodeIndex, encodePack, sha256 } from './pack-file.ts';
import { planPack } from './plan.ts';
import { type PackSources, type RuleProblem, readSources } from './sources.ts';

export { checkRules } from './check.ts';
export { openYaraJudges } from './judge.ts';
export type { RuleProblem } from './sources.ts';

/** What a rule pack is opened with. */
export interface YaraPackOptions {
  /** A rules file, or a folder of them. */
  readonly path: string;
  /** The pack's name in reports; the last part of the path when it is not given. */
  readonly name?: string;
  /** Where compiled rules are kept; a folder nobody else may write. */
  readonly cacheDir: string;
  /** The native build where it is installed, when not given. */
  readonly backend?: YaraRecipe['backend'];
  /** Seconds one scan may take. */
  readonly engineSeconds: number;
  readonly signal?: AbortSignal;
}

/** An opened pack: engines for its rules, what of it does not work, and how many rules do. */
export interface YaraPack {
  readonly engines: ByteEngine[];
  readonly problems: RuleProblem[];
  readonly rules: number;
}

/**
 * Compiles a pack, or finds it compiled. Rules that ask where a file lies make an engine of their own (`readsPath`), so
 * that the verdicts of all others can be kept by content.
 * @throws LazaretError not-found, limit, invalid-input (a cache that others may write), internal (no such backend here)
 */
export async function openYaraPack(options: YaraPackOptions): Promise<YaraPack> {
  const backend = options.backend === undefined ? openBestBackend() : openBackend(options.backend);
  const cache = await openPackCache(resolve(options.cacheDir));
  const sources = await readSources(options.path, options.signal);
  const fingerprint = fingerprintOf(backend, sources);
  const manifest = (await cache.read(fingerprint)) ?? (await compile(backend, cache, sources, { fingerprint, signal: options.signal }));
  const name = options.name ?? basename(resolve(options.path));
  return {
    engines: [false, true].flatMap((readsPath) => engineOf({ backend, cache, manifest, name, readsPath, engineSeconds: options.engineSeconds })),
    problems: [...sources.problems, ...manifest.problems],
    rules: manifest.rules,
  };
}

/** Matches of one pattern that are kept for rules that only ask whether there is one, and for rules that count or place them. */
const matchesPerPattern = { found: 100, counted: 10_000 } as const;

// Raise it when the same rules could be split, compiled or run otherwise.
const layout = 16;

// Time limits are not part of it: a scan that ran out of time gives no verdict to keep.
function fingerprintOf(backend: Backend, sources: PackSources): string {
  return sha256(JSON.stringify(['yara', layout, backend.version, sources.digest, matchesPerPattern]));
}

async function compile(
  backend: Backend,
  cache: PackCache,
  sources: PackSources,
  about: { fingerprint: string; signal: AbortSignal | undefined },
): Promise<Manifest> {
  const plan = planPack(sources);
  const { namespaces, packs, problems } = await compilePacks(backend, plan.namespaces, about.signal);
  const files: Buffer[] = [];
  const write = (file: Buffer): string => {
    files.push(file);
    return sha256(file);
  };
  const manifest: Manifest = {
    fingerprint: about.fingerprint,
    rules: namespaces.reduce((sum, namespace) => sum + namespace.rules.length, 0),
    problems: [...plan.problems, ...problems],
    packs: packs.map(({ kind, readsPath, bucketing, buckets }): ManifestPack => {
      const digests = buckets.map(({ countsMatches, bytes }) => write(encodePack(headerOf(countsMatches, sources), bytes)));
      return { kind, readsPath, sha256: write(encodeIndex({ ...bucketing, buckets: digests })), buckets: digests };
    }),
  };
  await cache.write(manifest, files);
  return manifest;
}

function headerOf(countsMatches: boolean, sources: PackSources): { licence: string; matchesPerPattern: number } {
  return { licence: sources.licence, matchesPerPattern: countsMatches ? matchesPerPattern.counted : matchesPerPattern.found };
}

function engineOf(about: { backend: Backend; cache: PackCache; manifest: Manifest; name: string; readsPath: boolean; engineSeconds: number }): ByteEngine[] {
  const { backend, cache, manifest, name, readsPath, engineSeconds } = about;
  const packs = manifest.packs.filter((pack) => pack.readsPath === readsPath);
  if (packs.length === 0) return [];
  const files = Object.fromEntries(packs.map((pack) => [pack.kind, { path: cache.path(pack.sha256), sha256: pack.sha256 }]));
  const recipe: YaraRecipe = { engine: 'yara', pack: name, backend: backend.name, files, engineSeconds, readsPath };
  const fingerprint = sha256(`${manifest.fingerprint} ${readsPath ? 'path' : 'content'} ${name}`);
  return [{ name: 'yara', kind: 'signature', pack: name, fingerprint, reads: 'bytes', readsPath, recipe }];
}
