import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { LazaretError } from '#domain/error.ts';

/** The bounds of one rule pack. */
const sourceLimits = {
  /** Bytes of one source file. */
  fileBytes: 32 * 1024 * 1024,
  /** Bytes of all source files of a pack. */
  packBytes: 256 * 1024 * 1024,
  files: 20_000,
  /** Folders within folders. */
  folderDepth: 16,
} as const;

/** Endings of files that are rules of their own when a folder is given. A single file may have any ending. */
const ruleEndings = ['.yar', '.yara', '.rule', '.rules'] as const;

/** Something of a pack that does not work, with the reason. Line from 1; empty `rule` when a whole file is meant. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** One source file as read. */
export interface SourceFile {
  /** Path inside the pack, with slashes. */
  readonly name: string;
  readonly text: string;
  /** True when the bytes are no UTF-8: then `text` has one character a byte. */
  readonly isBytes: boolean;
  /** False for a file that is only there to be included. */
  readonly isRoot: boolean;
}

/** A pack as it lies on disk. */
export interface PackSources {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly problems: readonly RuleProblem[];
  /** First line of the pack's LICENSE file, or ''. */
  readonly licence: string;
  /** SHA-256 over names and contents, in order. */
  readonly digest: string;
}

/**
 * Reads a pack: a file, or every file below a folder that ends in one of `ruleEndings`, sorted by path, but hidden
 * folders. Included files are read too when they lie inside the pack; links are followed only there.
 * @throws LazaretError not-found, limit
 */
export async function readSources(path: string, signal?: AbortSignal): Promise<PackSources> {
  const given = await realpath(path).catch((cause: unknown) => {
    throw new LazaretError('not-found', `No rules at ${path}.`, { cause });
  });
  const isFolder = (await stat(given)).isDirectory();
  const root = isFolder ? given : dirname(given);
  const reading = new Reading(root, signal);
  const roots = isFolder ? await reading.list() : [basename(given)];
  for (const name of roots) reading.add(name, true);
  return { files: reading.files, problems: reading.problems, licence: isFolder ? await reading.licence() : '', digest: reading.digest() };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const includes = /\binclude\s*"([^"\n]{1,1024})"/g;

class Reading {
  readonly files = new Map<string, SourceFile>();
  readonly problems: RuleProblem[] = [];
  private readonly root: string;
  private readonly signal: AbortSignal | undefined;
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(root: string, signal: AbortSignal | undefined) {
    this.root = root;
    this.signal = signal;
  }

  async list(): Promise<string[]> {
    const found: string[] = [];
    const walk = async (folder: string, depth: number): Promise<void> => {
      this.signal?.throwIfAborted();
      for (const entry of await readdir(join(this.root, folder), { withFileTypes: true })) {
        const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) {
          if (entry.name.startsWith('.')) continue;
          if (depth === sourceLimits.folderDepth) this.report(name, 'folder is nested too deep; left out');
          else await walk(name, depth + 1);
        } else if (ruleEndings.some((ending) => entry.name.toLowerCase().endsWith(ending))) found.push(name);
        if (found.length > sourceLimits.files) throw new LazaretError('limit', `${this.root} has more than ${sourceLimits.files} rule files.`);
      }
    };
    await walk('', 0);
    return found.sort((left, right) => (left < right ? -1 : 1));
  }

  add(name: string, isRoot: boolean): void {
    // A work list, so that a chain of includes costs no stack.
    for (const waiting = [{ name, isRoot }]; ; ) {
      const next = waiting.pop();
      if (next === undefined) return;
      const known = this.files.get(next.name);
      if (known !== undefined) {
        if (next.isRoot && !known.isRoot) this.files.set(next.name, { ...known, isRoot: true });
        continue;
      }
      this.signal?.throwIfAborted();
      const bytes = this.read(next.name, next.isRoot);
      if (bytes === undefined) continue;
      this.hash.update(`${Buffer.byteLength(next.name)}:${next.name}${next.isRoot ? '!' : '?'}${bytes.length}:`).update(bytes);
      const file = { name: next.name, ...decode(bytes), isRoot: next.isRoot };
      this.files.set(next.name, file);
      for (const [, target] of file.text.matchAll(includes)) waiting.push({ name: includedName(next.name, target ?? ''), isRoot: false });
    }
  }

  async licence(): Promise<string> {
    for (const name of ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'LICENCE', 'COPYING']) {
      const path = join(this.root, name);
      const size = await stat(path).then(
        (found) => (found.isFile() ? found.size : undefined),
        () => undefined,
      );
      if (size === undefined || size > sourceLimits.fileBytes) continue;
      const text = await readFile(path, 'utf8');
      const line = text
        .slice(0, 65_536)
        .split(/\r?\n/)
        .map((each) => each.replace(/^[#\s*=-]+|\s+$/g, ''))
        .find((each) => each !== '');
      if (line === undefined) continue;
      this.hash.update(`licence:${line}`);
      return line.slice(0, 200);
    }
    return '';
  }

  digest(): string {
    return this.hash.digest('hex');
  }

  // Synchronous: hundreds of small files take a tenth of the time they take by way of the thread pool.
  private read(name: string, isRoot: boolean): Buffer | undefined {
    const path = realPathOf(resolve(this.root, name));
    const inside = path !== undefined && !relative(this.root, path).split(sep).includes('..');
    // What an include asks for in vain is reported where it stands.
    if (path === undefined || !inside) return isRoot ? this.report(name, inside ? 'cannot be read' : 'lies outside the pack; left out') : undefined;
    const facts = statSync(path);
    if (!facts.isFile()) return undefined;
    if (facts.size > sourceLimits.fileBytes) return this.report(name, `larger than ${sourceLimits.fileBytes} bytes; left out`);
    if (this.bytes + facts.size > sourceLimits.packBytes)
      throw new LazaretError('limit', `The rules in ${this.root} are larger than ${sourceLimits.packBytes} bytes.`);
    if (this.files.size >= sourceLimits.files) throw new LazaretError('limit', `${this.root} has more than ${sourceLimits.files} rule files.`);
    const bytes = readFileSync(path);
    this.bytes += bytes.length;
    return bytes;
  }

  private report(file: string, message: string): undefined {
    this.problems.push({ file, line: 1, rule: '', message });
  }
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** The name inside the pack that an `include` in `from` means. A name that leads out of the pack begins with '..'. */
export function includedName(from: string, target: string): string {
  return join(dirname(from), target).split(sep).join('/');
}

function decode(bytes: Buffer): { text: string; isBytes: boolean } {
  try {
    return { text: utf8.decode(bytes), isBytes: false };
  } catch {
    return { text: bytes.toString('latin1'), isBytes: true };
  }
}
