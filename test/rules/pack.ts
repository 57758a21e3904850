import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';

/** What the native build of YARA-X gives for a matching rule. */
export interface Match {
  readonly ruleIdentifier: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

export interface CompiledPack {
  scan(bytes: Buffer): readonly Match[];
  getWarnings(): readonly { readonly code: string; readonly message: string }[];
  setTimeout(milliseconds: number): void;
}

interface Compiler {
  compile(source: string, options: { readonly defineVariables: Readonly<Record<string, string>> }): CompiledPack;
}

/** One rule as written. */
export interface WrittenRule {
  readonly file: string;
  readonly id: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
  readonly condition: string;
}

export const root = resolve(import.meta.dirname, '../..');
const nativePackage = '@litko/yara-x-linux-x64-gnu';

/** File names of the built-in pack, sorted. */
export const ruleFiles: readonly string[] = readdirSync(join(root, 'rules'))
  .filter((name) => name.endsWith('.yar'))
  .sort();

/** Source of one file of the pack. */
export function sourceOf(file: string): string {
  return readFileSync(join(root, 'rules', file), 'utf8');
}

/** Compiles rules with the native build. @throws Error with the compiler's text. */
export function compile(source: string): CompiledPack {
  const native = createRequire(import.meta.url)(nativePackage) as Compiler;
  const pack = native.compile(source, { defineVariables: { filename: '' } });
  pack.setTimeout(20_000);
  return pack;
}

/** All files of the pack as one; an import that several files have stands once. */
export function compileWholePack(): CompiledPack {
  const sources = ruleFiles.map(sourceOf).join('\n');
  const imports = new Set(sources.match(/^import "\w+"$/gm));
  return compile(`${[...imports].join('\n')}\n${sources.replace(/^import "\w+"$/gm, '')}`);
}

/**
 * Whether the native build is there, which exists for one platform only. Elsewhere the test is skipped with that reason;
 * under `CI=true` it fails.
 */
export function requireNative(context: TestContext): boolean {
  try {
    createRequire(import.meta.url).resolve(nativePackage);
    return true;
  } catch {
    const reason = `${nativePackage} is not installed on ${process.platform} ${process.arch}`;
    if (process.env['CI'] === 'true') throw new Error(`${reason}, and under CI=true nothing may be skipped`);
    context.skip(reason);
    return false;
  }
}

/** The rules of one source. Reads only the plain layout that this pack keeps. */
export function writtenRules(file: string, source: string = sourceOf(file)): WrittenRule[] {
  return source
    .split(/^rule /m)
    .slice(1)
    .map((text) => ({
      file,
      id: /^\w+/.exec(text)?.[0] ?? '',
      tags: (/^\w+ : ([\w ]+) \{/.exec(text)?.[1] ?? '').split(' ').filter((tag) => tag !== ''),
      meta: Object.fromEntries([...text.matchAll(/^ {4}(\w+) = "(.*)"$/gm)].map(([, key = '', value = '']) => [key, value])),
      condition: text.slice(text.indexOf('\n  condition:')),
    }));
}
