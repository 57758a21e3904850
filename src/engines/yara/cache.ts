import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LazaretError } from '#domain/error.ts';
import { type RoutingKind, routingKinds } from './kinds.ts';
import { sha256 } from './pack-file.ts';
import type { RuleProblem } from './sources.ts';

/** What is known of a compiled pack without compiling it again. */
export interface Manifest {
  readonly fingerprint: string;
  /** Rules that report, in all packs; each counted once. */
  readonly rules: number;
  readonly problems: readonly RuleProblem[];
  readonly packs: readonly ManifestPack[];
}

/** The files of one kind of content; each file's name is its digest. */
export interface ManifestPack {
  readonly kind: RoutingKind;
  readonly readsPath: boolean;
  /** SHA-256 of the index. */
  readonly sha256: string;
  /** SHA-256 of the compiled rules that the index names. */
  readonly buckets: readonly string[];
}

/** A folder of compiled packs. Any number of processes may use it at once: files are written aside, renamed, and named by their content. */
export interface PackCache {
  /** The manifest of a fingerprint when all its files are there with the right bytes, or as they were when these were right; else undefined. */
  read(fingerprint: string): Promise<Manifest | undefined>;
  write(manifest: Manifest, files: readonly Buffer[]): Promise<void>;
  /** Where a file lies. */
  path(sha256: string): string;
}

/**
 * Opens the folder `yara` below `directory`, and makes it when it is missing.
 * @throws LazaretError invalid-input when others could write there, as compiled rules are code.
 */
export async function openPackCache(directory: string): Promise<PackCache> {
  const folder = join(directory, 'yara');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const facts = await lstat(folder);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.() || (facts.mode & 0o022) !== 0) {
    throw new LazaretError('invalid-input', `${folder} must be a folder of this user's own that nobody else may write, as it holds compiled rules.`);
  }
  const path = (digest: string): string => join(folder, `${digest}.pack`);
  return { read: (fingerprint) => readManifest(folder, fingerprint, path), write: (manifest, files) => write(folder, manifest, files), path };
}

const manifestBytes = 64 * 1024 * 1024;

async function readManifest(folder: string, fingerprint: string, path: (digest: string) => string): Promise<Manifest | undefined> {
  try {
    const text = await readFile(join(folder, `${fingerprint}.json`));
    const manifest = text.length > manifestBytes ? undefined : parseManifest(JSON.parse(text.toString('utf8')));
    if (manifest?.fingerprint !== fingerprint) return undefined;
    const files = filesOf(manifest);
    const stamp = stampOf(files.map(path));
    if (stamp === (await readStamp(folder, fingerprint))) return manifest;
    for (const digest of files) if (sha256(await readFile(path(digest))) !== digest) return undefined;
    await writeStamp(folder, fingerprint, stamp);
    return manifest;
  } catch {
    // Missing, cut short or no JSON: it is made anew.
    return undefined;
  }
}

function filesOf({ packs }: Manifest): readonly string[] {
  return packs.flatMap((pack) => [pack.sha256, ...pack.buckets]);
}

// Sizes and times of the files when their bytes were last found to be right: to read them all takes longer than to scan a small image. Whoever
// loads a file checks its bytes again.
function stampOf(paths: readonly string[]): string {
  const facts = paths.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return [size, mtimeMs];
  });
  return sha256(JSON.stringify(facts));
}

async function readStamp(folder: string, fingerprint: string): Promise<string> {
  return await readFile(join(folder, `${fingerprint}.stamp`), 'utf8').catch(() => '');
}

async function writeStamp(folder: string, fingerprint: string, stamp: string): Promise<void> {
  const aside = join(folder, `${randomUUID()}.stamp`);
  try {
    await writeFile(aside, stamp, { mode: 0o600 });
    await rename(aside, join(folder, `${fingerprint}.stamp`));
  } catch {
    // A folder that cannot be written is read anew each time.
    await rm(aside, { force: true });
  }
}

async function write(folder: string, manifest: Manifest, files: readonly Buffer[]): Promise<void> {
  const aside = await mkdtemp(join(folder, 'new-'));
  const put = async (name: string, bytes: Buffer | string): Promise<void> => {
    await writeFile(join(aside, name), bytes, { mode: 0o600 });
    await rename(join(aside, name), join(folder, name));
  };
  try {
    for (const bytes of files) await put(`${sha256(bytes)}.pack`, bytes);
    // Last, so that a manifest never stands without its files.
    await put(`${manifest.fingerprint}.json`, JSON.stringify(manifest));
    await writeStamp(folder, manifest.fingerprint, stampOf(filesOf(manifest).map((digest) => join(folder, `${digest}.pack`))));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function parseManifest(value: unknown): Manifest | undefined {
  if (!isRecord(value)) return undefined;
  const { fingerprint, rules, problems, packs } = value;
  if (typeof fingerprint !== 'string' || typeof rules !== 'number' || !Array.isArray(problems) || !Array.isArray(packs)) return undefined;
  return problems.every(isProblem) && packs.every(isPack) ? { fingerprint, rules, problems, packs } : undefined;
}

function isProblem(value: unknown): value is RuleProblem {
  return (
    isRecord(value) &&
    typeof value['file'] === 'string' &&
    typeof value['line'] === 'number' &&
    typeof value['rule'] === 'string' &&
    typeof value['message'] === 'string'
  );
}

function isPack(value: unknown): value is ManifestPack {
  if (!isRecord(value)) return false;
  const { kind, readsPath, sha256: digest, buckets } = value;
  return routingKinds.some((each) => each === kind) && typeof readsPath === 'boolean' && isDigest(digest) && Array.isArray(buckets) && buckets.every(isDigest);
}

function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
