import { type FileHandle, open } from 'node:fs/promises';
import { LazaretError } from '#domain/error.ts';
import type { Limits } from '#domain/limits.ts';
import type { OpenedEngines } from '#engines/index.ts';
import { type EngineSet, engineSet } from '#scan/engine-set.ts';
import { InspectorPool } from '#scan/inspect/pool.ts';
import { type ArchiveVerdict, type OpenMembers, scanArchive } from '#scan/scan-archive.ts';
import { type Body, scanFile } from '#scan/scan-file.ts';
import type { Store, UnpackBounds } from '#store/store.ts';

export interface FileJudgeOptions {
  readonly store: Store;
  readonly limits: Limits;
  /** Most inspecting processes. */
  readonly jobs: number;
  /** The inspecting process's program. */
  readonly inspector: URL;
  /** Opens the engines anew, so that changed rules count. */
  readonly openEngines: () => Promise<OpenedEngines>;
  /** Opens archives; without it they stay closed. */
  readonly openMembers?: OpenMembers;
}

/** Judges files one by one. Engines and inspectors are started for the first and stay for a while. */
export interface FileJudge {
  /**
   * @param unpack how far an archive is opened; undefined: not at all.
   * @throws LazaretError 'not-found' when there is no such file, whatever opening the engines throws, Error when an inspector cannot work.
   */
  judge(path: string, unpack: UnpackBounds | undefined): Promise<ArchiveVerdict>;
  /** Stops the inspectors. Whoever waits is told so by an error. */
  close(): void;
}

/** After so long rules are looked at again, when the next file comes, ms. */
const freshMs = 30_000;
/** Engines that nobody used for so long are let go, with their inspectors, ms. */
const idleMs = 60_000;

interface Bench {
  readonly set: EngineSet;
  readonly pool: InspectorPool;
  users: number;
  /** Closed once the last user has gone. */
  old: boolean;
}

export function createFileJudge(options: FileJudgeOptions): FileJudge {
  return new EngineBench(options);
}

class EngineBench implements FileJudge {
  private readonly options: FileJudgeOptions;
  private bench: Bench | undefined;
  private opening: Promise<Bench> | undefined;
  private openedAt = 0;
  private idle: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(options: FileJudgeOptions) {
    this.options = options;
  }

  async judge(path: string, unpack: UnpackBounds | undefined): Promise<ArchiveVerdict> {
    const file = await openFile(path);
    try {
      const bench = await this.take();
      try {
        const { store, limits, openMembers } = this.options;
        const scan = { store, limits, engines: bench.set, pool: bench.pool };
        const body = await bodyOf(file);
        if (unpack === undefined || openMembers === undefined) return { result: await scanFile(body, namelessPath, scan), members: [] };
        return await scanArchive(body, namelessPath, scan, { bounds: unpack, open: openMembers });
      } catch (error) {
        // Its inspectors may be what failed: the next file gets others.
        bench.old = true;
        throw error;
      } finally {
        this.leave(bench);
      }
    } finally {
      await file.close();
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.idle);
    this.bench?.pool.close();
  }

  // Several at once share one opening. A user is counted in the same turn in which its bench is known, so that none is closed under it.
  private async take(): Promise<Bench> {
    clearTimeout(this.idle);
    const { bench } = this;
    if (bench !== undefined && !bench.old && performance.now() - this.openedAt < freshMs) {
      bench.users += 1;
      return bench;
    }
    this.opening ??= this.open().finally(() => {
      this.opening = undefined;
    });
    const opened = await this.opening;
    opened.users += 1;
    return opened;
  }

  private async open(): Promise<Bench> {
    const { limits, jobs, inspector } = this.options;
    const { engines } = await this.options.openEngines();
    if (this.closed) throw new LazaretError('cancelled', 'the worker was stopped');
    this.openedAt = performance.now();
    const set = engineSet(engines, limits);
    const before = this.bench;
    if (before !== undefined && !before.old && String(before.set.allKeys) === String(set.allKeys)) return before;
    const recipes = set.byteEngines.map((engine) => engine.recipe);
    const pool = new InspectorPool({ program: inspector, fileSeconds: limits.fileSeconds, inspectorBytes: limits.inspectorBytes }, jobs);
    pool.start(recipes);
    this.bench = { set, pool, users: 0, old: false };
    if (before !== undefined) retire(before);
    return this.bench;
  }

  private leave(bench: Bench): void {
    bench.users -= 1;
    if (bench.users > 0) return;
    if (bench.old) {
      bench.pool.close();
      if (this.bench === bench) this.bench = undefined;
      return;
    }
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.letGo(), idleMs).unref();
  }

  private letGo(): void {
    const { bench } = this;
    if (bench === undefined || bench.users > 0) return;
    bench.pool.close();
    this.bench = undefined;
  }
}

function retire(bench: Bench): void {
  bench.old = true;
  if (bench.users === 0) bench.pool.close();
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new LazaretError('not-found', 'the file is not there any more', { cause: error });
    throw error;
  }
}

const pieceBytes = 256 * 1024;

// Held open, it stays the same file whatever is put under its name meanwhile.
async function bodyOf(file: FileHandle): Promise<Body> {
  const { size } = await file.stat();
  return {
    size,
    async *pieces() {
      const buffer = Buffer.allocUnsafe(pieceBytes);
      for (let at = 0; at < size; ) {
        const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - at), at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
  };
}

/** The path that rules which read the path are told of a file that has none. */
const namelessPath = '/file';
