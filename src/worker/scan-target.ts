import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { openArtifact } from '#artifacts/index.ts';
import type { Artifact, RegistryAccess } from '#artifacts/source.ts';
import { LazaretError } from '#domain/error.ts';
import type { Limits } from '#domain/limits.ts';
import { type EngineProblem, type OpenedEngines, openEngines } from '#engines/index.ts';
import type { Clock } from '#lib/clock.ts';
import type { Machine } from '#lib/this-machine.ts';
import { engineSet } from '#scan/engine-set.ts';
import { InspectorPool } from '#scan/inspect/pool.ts';
import type { ScanProgress, ScanReport } from '#scan/report.ts';
import { scanArtifact } from '#scan/scan-artifact.ts';
import type { ImageSource, Store } from '#store/store.ts';

/** What to judge by. */
export interface RuleChoice {
  /** Rule files and directories. */
  readonly rules: readonly string[];
  /** Hash lists and directories of them. */
  readonly hashes: readonly string[];
  /** Whether the pack that comes with Lazaret is used too. */
  readonly builtin: boolean;
}

export interface TargetScan {
  readonly source: ImageSource;
  readonly accountId: string;
  /** Where files are read. What is not fetched from a registry is said to lie there. */
  readonly machine: Machine;
  /** The image that must be found there, where one is known already. */
  readonly known?: KnownImage;
  readonly store: Store;
  readonly engines: OpenedEngines;
  readonly limits: Limits;
  /** Inspectors that nobody else uses; they are stopped when the scan ends. */
  readonly pool: InspectorPool;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  onProgress(progress: ScanProgress): void;
  /** See `ScanOptions`; by default always. */
  readonly mayPublish?: () => Promise<boolean>;
  /** See `OpenOptions`. */
  readonly registryAccess?: (host: string) => Promise<RegistryAccess | undefined>;
}

export interface KnownImage {
  readonly id: string;
  readonly reference: string;
  readonly digest: string;
  readonly local: boolean;
}

const builtinRules = fileURLToPath(new URL('../../rules', import.meta.url));
const inspectorProgram = new URL('./inspector.ts', import.meta.url);

/** Opens the engines a choice of rules asks for. Compiled packs are kept below `cacheDir`. Bad rules are told to `onProblem` and left out. */
export async function openChosenEngines(
  choice: RuleChoice,
  options: { readonly cacheDir: string; readonly limits: Limits; readonly signal: AbortSignal; readonly onProblem: (problem: EngineProblem) => void },
): Promise<OpenedEngines> {
  const { cacheDir, limits, signal, onProblem } = options;
  const packs = [...(choice.builtin ? [{ path: builtinRules, name: 'lazaret' }] : []), ...choice.rules.map((file) => ({ path: path.resolve(file) }))];
  const opened = await openEngines({ packs, hashes: choice.hashes.map((file) => path.resolve(file)), cacheDir, engineSeconds: limits.engineSeconds, signal });
  for (const problem of opened.problems) onProblem(problem);
  return opened;
}

/** Scans one target into the store. @throws as `openArtifact` and `scanArtifact` do, and 'not-found' when the known image is no longer there. */
export async function scanTarget(scan: TargetScan): Promise<ScanReport> {
  const heap = keepHeapSmall();
  try {
    return await scanKept(scan);
  } finally {
    heap.stop();
  }
}

async function scanKept(scan: TargetScan): Promise<ScanReport> {
  const { source, limits, signal, known } = scan;
  const { artifact, tagged } = known === undefined ? { artifact: await open(scan, source.target), tagged: true } : await openKnown(scan, known);
  try {
    return await scanArtifact(artifact, {
      store: scan.store,
      engines: engineSet(scan.engines.engines, limits),
      limits,
      pool: scan.pool,
      clock: scan.clock,
      signal,
      accountId: scan.accountId,
      source,
      saved: {
        ...(known === undefined ? {} : { local: known.local, tagged }),
        ...(artifact.kind === 'registry' ? {} : { host: scan.machine }),
      },
      onProgress: (progress) => scan.onProgress(progress),
      mayPublish: scan.mayPublish ?? (async () => true),
    });
  } finally {
    await artifact.close();
  }
}

// What a scan makes is soon garbage. V8 answers with a larger young generation, which takes a hundred megabytes more and saves 3 % of the time,
// and lets the old one grow to four times of what lives in it. That is fine while it is small: to mark it more often took 15 % of a scan.
// With archives of many members it takes 60 MB more than it needs.
function keepHeapSmall(): { readonly stop: () => void } {
  setFlagsFromString('--semi-space-growth-factor=1');
  const watch = setInterval(() => {
    if (getHeapStatistics().used_heap_size < largeHeap) return;
    setFlagsFromString('--heap-growing-percent=60');
    clearInterval(watch);
  }, heapWatchMs).unref();
  return { stop: () => clearInterval(watch) };
}

const largeHeap = 48 * 1024 * 1024;
const heapWatchMs = 250;

function open({ source, limits, signal, env, registryAccess }: TargetScan, target: string): Promise<Artifact> {
  const { platform, insecure } = source;
  const options = { platform, insecure, manifestBytes: limits.manifestBytes, signal, ...(registryAccess === undefined ? {} : { registryAccess }) };
  return openArtifact(target, options, env);
}

/** Opens an image that is known, under the name by which it is known. Where its tag is gone from a registry or has moved on, it is asked for by its digest. */
async function openKnown(scan: TargetScan, known: KnownImage): Promise<{ readonly artifact: Artifact; readonly tagged: boolean }> {
  const { target } = scan.source;
  if (known.id === known.digest) return { artifact: await openManifest(scan, known), tagged: true };
  const isPinned = target.includes('@');
  let lost: unknown = new LazaretError('not-found', `${target} holds another image by now: scan that one anew`);
  try {
    const artifact = await open(scan, target);
    if (artifact.image.id === known.id) return { artifact: named(artifact, known), tagged: !isPinned };
    await artifact.close();
    if (artifact.kind !== 'registry') throw lost;
  } catch (error) {
    if (!(error instanceof LazaretError) || error.code !== 'not-found') throw error;
    lost = error;
  }
  if (isPinned || known.digest === '' || !looksLikeReference(target)) throw lost;
  const pinned = await open(scan, `${target}@${known.digest}`).catch(() => undefined);
  if (pinned?.image.id === known.id) return { artifact: named(pinned, known), tagged: false };
  await pinned?.close();
  throw lost;
}

/** Opens an image of which only the manifest's digest is known, and tells the store which image it is. */
async function openManifest(scan: TargetScan, known: KnownImage): Promise<Artifact> {
  const artifact = await open(scan, scan.source.target);
  if (await scan.store.images.identify(scan.accountId, known.id, artifact.image.id)) return named(artifact, known);
  await artifact.close();
  throw new LazaretError('conflict', `${known.reference} is being scanned already, as the image ${artifact.image.id}`);
}

function looksLikeReference(target: string): boolean {
  return !looksLikeFile(target) && !/^(?:oci|dir):/.test(target);
}

function named(artifact: Artifact, { reference }: KnownImage): Artifact {
  return { ...artifact, image: { ...artifact.image, reference } };
}

/** Inspectors for one scan: up to `jobs` processes. */
export function inspectorPool(limits: Limits, jobs: number): InspectorPool {
  return new InspectorPool({ program: inspectorProgram, fileSeconds: limits.fileSeconds, inspectorBytes: limits.inspectorBytes }, jobs);
}

/** One inspecting process per processor, up to eight. */
export function defaultJobs(): number {
  return Math.min(8, Math.max(1, availableParallelism()));
}

/** A target with its file path made absolute, so that it can be scanned again from anywhere. */
export function absoluteTarget(target: string, cwd: string): string {
  const prefixed = /^(oci|dir):(.*)$/s.exec(target);
  if (prefixed !== null) return `${prefixed[1]}:${path.resolve(cwd, prefixed[2] ?? '')}`;
  if (isFile(path.resolve(cwd, target))) return path.resolve(cwd, target);
  const [, file = '', tag = ''] = /^(.*?)(#[^#]*)?$/s.exec(target) ?? [];
  return looksLikeFile(file) || isFile(path.resolve(cwd, file)) ? `${path.resolve(cwd, file)}${tag}` : target;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === false;
}

function looksLikeFile(target: string): boolean {
  return target.startsWith('/') || target.startsWith('./') || target.startsWith('../') || /\.(tar|tgz|tzst|tar\.\w+)$/i.test(target);
}

/** Owner name of this process in leases. */
export function workerName(pid: number, at: number): string {
  return `${pid}-${hash('sha256', `${pid} ${at}`).slice(0, 8)}`;
}
