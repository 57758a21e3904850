import type { Detection, EngineKind } from '#domain/detection.ts';
import type { Digests, FileType } from '#domain/file-entry.ts';

/** What an engine is told of a content before it looks. `path` is a display path; engines that judge the content alone must not read it. */
export interface ContentFacts {
  readonly size: number;
  readonly fileType: FileType;
  readonly path: string;
  /** Numeric owner of the file, as text. */
  readonly owner: string;
}

/** What every engine tells about itself. */
interface EngineIdentity {
  /** The engine's name as reports show it: 'yara', 'reputation'. */
  readonly name: string;
  readonly kind: EngineKind;
  /** The rule pack or list this instance judges by, as reports show it. */
  readonly pack: string;
  /** Changes whenever the same content could be judged otherwise: digest over engine version, rules and options. */
  readonly fingerprint: string;
}

/**
 * An engine that judges by digests alone. It runs in the scanning process, since it never reads a hostile byte.
 */
export interface DigestEngine extends EngineIdentity {
  readonly reads: 'digests';
  /** Whether `lookup` needs SHA-1, which is computed only then. */
  readonly needsSha1: boolean;
  /** Detections for a content, or none. `allowed` is true when the content is listed as known good, which silences all other engines. */
  lookup(digests: Digests, size: number): { readonly detections: readonly Detection[]; readonly allowed: boolean };
}

/**
 * An engine that reads bytes. It runs in an inspecting process of its own: `recipe` is sent there (so it must survive
 * `structuredClone`), and `openJudges` of `engines/judges.ts` makes a judge of it.
 */
export interface ByteEngine extends EngineIdentity {
  readonly reads: 'bytes';
  /** True when the verdict also depends on the path (rules that use `filename`, `filepath`, `extension`, `owner`): then it is kept per layer entry, never per content. */
  readonly readsPath: boolean;
  readonly recipe: JudgeRecipe;
}

export type Engine = DigestEngine | ByteEngine;

/** How an inspecting process builds its judge. One member per kind of engine. */
export type JudgeRecipe = YaraRecipe;

/** Compiled packs per routing kind; see `yara/kinds.ts` and `yara/buckets.ts`. */
export interface YaraRecipe {
  readonly engine: 'yara';
  readonly pack: string;
  /** Which build of YARA-X reads `files`. */
  readonly backend: 'native' | 'wasm';
  /** Index of the compiled buckets on disk per routing kind, with the SHA-256 that its bytes must have; the buckets lie beside it. A kind whose rules are none is absent. */
  readonly files: Readonly<Partial<Record<string, { readonly path: string; readonly sha256: string }>>>;
  readonly engineSeconds: number;
  readonly readsPath: boolean;
}

/** Lives in an inspecting process. Synchronous on purpose: the native build is ten times slower when called asynchronously. */
export interface Judge {
  /** Loads what most contents need, ahead of the first of them. */
  prepare(): void;
  /** Contents of one group are cheapest judged one after the other, since each group has rules of its own that must be at hand. */
  groupOf(bytes: Buffer): string;
  /** @throws Error with a short reason (such as 'timed out after 10 s') when this content could not be judged; the caller reports it as skipped. */
  inspect(bytes: Buffer, facts: ContentFacts): readonly Detection[];
}
