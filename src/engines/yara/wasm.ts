import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Compiler, initSync, type Rules, Scanner as WasmScanner } from '@virustotal/yara-x';
import { LazaretError } from '#domain/error.ts';
import { type Backend, externalVariables, type NamespaceSource, placesOf, type RawMatch, type Scanner, TimedOut } from './backend.ts';
import { readCompileError } from './compile-error.ts';

/**
 * The official WebAssembly build: runs anywhere, but compiles rules anew in every process, since it cannot save them,
 * and has no relaxed syntax for regular expressions.
 */
export function wasmBackend(): Backend {
  initialize();
  return {
    name: 'wasm',
    version: `wasm ${version()}`,
    validate: (source) => withCompiler([{ namespace: 'default', source }], (compiler) => compiler.errors.map(readCompileError)),
    compile: (sources) => ({ bytes: Buffer.from(JSON.stringify(sources)), failed: withCompiler(sources, (compiler) => compiler.errors.length > 0) }),
    load: (bytes, limits) => {
      const scanner = new WasmScanner(withCompiler(readPack(bytes), build));
      scanner.setTimeoutMs(limits.timeoutMs);
      scanner.setMaxMatchesPerPattern(limits.matchesPerPattern);
      return wrap(scanner);
    },
  };
}

let initialized = false;

// The module keeps its one instance itself; this only spares reading it twice.
function initialize(): void {
  if (initialized) return;
  const entry = import.meta.resolve('@virustotal/yara-x');
  initSync({ module: readFileSync(fileURLToPath(new URL('yara_x_js_bg.wasm', entry))) });
  initialized = true;
}

function version(): string {
  const path = fileURLToPath(import.meta.resolve('@virustotal/yara-x/package.json'));
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

function withCompiler<Result>(sources: readonly NamespaceSource[], use: (compiler: Compiler) => Result): Result {
  const compiler = new Compiler();
  try {
    for (const name of externalVariables) compiler.defineGlobal(name, '');
    for (const { namespace, source } of sources) {
      compiler.newNamespace(namespace);
      try {
        compiler.addSource(source);
      } catch {
        // Kept in `compiler.errors`.
      }
    }
    return use(compiler);
  } finally {
    compiler.free();
  }
}

function build(compiler: Compiler): Rules {
  if (compiler.errors.length > 0) throw new LazaretError('corrupt', 'The rule pack does not compile.');
  return compiler.build();
}

function readPack(bytes: Buffer): NamespaceSource[] {
  return JSON.parse(bytes.toString('utf8')) as NamespaceSource[];
}

interface WasmResult {
  valid: boolean;
  errors?: unknown[];
  matches: {
    identifier: string;
    namespace: string;
    isPrivate: boolean;
    tags: string[];
    metadata: { identifier: string; value: unknown }[];
    patterns: { matches: { offset: number; length: number }[] }[];
  }[];
}

function wrap(scanner: WasmScanner): Scanner {
  return {
    scan(bytes, variables): RawMatch[] {
      for (const name of externalVariables) scanner.setGlobal(name, variables[name]);
      const result = scanOnce(scanner, bytes);
      return result.matches
        .filter((match) => !match.isPrivate)
        .map((match) => ({
          rule: match.identifier,
          namespace: match.namespace,
          tags: match.tags,
          meta: Object.fromEntries(match.metadata.map(({ identifier, value }) => [identifier, value])),
          places: placesOf(match.patterns.flatMap((pattern) => pattern.matches)),
        }));
    },
  };
}

function scanOnce(scanner: WasmScanner, bytes: Buffer): WasmResult {
  let result: WasmResult;
  try {
    result = scanner.scan(bytes) as WasmResult;
  } catch (error) {
    throw failure(String(error));
  }
  if (!result.valid) throw failure(JSON.stringify(result.errors ?? 'scan failed'));
  return result;
}

function failure(message: string): Error {
  return /time/i.test(message) ? new TimedOut('timed out') : new Error(message.slice(0, 200));
}
