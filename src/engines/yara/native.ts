import { createRequire } from 'node:module';
import { LazaretError } from '#domain/error.ts';
import { type Backend, type ExternalVariable, externalVariables, type NamespaceSource, placesOf, type RawMatch, type Scanner, TimedOut } from './backend.ts';
import { readCompileError } from './compile-error.ts';

/** The native addon. @throws LazaretError internal when it is not installed for this machine. */
export function nativeBackend(): Backend {
  const { addon, version } = loadAddon();
  return {
    name: 'native',
    version: `native ${version}`,
    validate: (source) => addon.validate(source, options).errors.map((error) => readCompileError(error.message)),
    compile: (sources) => compile(addon, sources),
    load: (bytes, limits) => {
      const rules = addon.deserialize(bytes);
      rules.setTimeout(limits.timeoutMs);
      rules.setMaxMatchesPerPattern(limits.matchesPerPattern);
      return scanner(rules);
    },
  };
}

/** Whether the native addon is installed for this machine. */
export function hasNativeBackend(): boolean {
  try {
    loadAddon();
    return true;
  } catch {
    return false;
  }
}

const addonName = '@litko/yara-x-linux-x64-gnu';
const options = {
  defineVariables: Object.fromEntries(externalVariables.map((name) => [name, ''])),
  relaxedReSyntax: true,
  ignoreInvalidRules: true,
  enableIncludes: false,
};

// The parts of the addon that are used; it brings no types.
interface Addon {
  compile(source: string, options: object): NativeRules;
  validate(source: string, options: object): { errors: { message: string }[] };
  deserialize(bytes: Buffer): NativeRules;
}

interface NativeRules {
  addRuleSources(sources: readonly NamespaceSource[]): void;
  getCompilationErrors(): unknown[];
  serialize(): Uint8Array;
  setTimeout(milliseconds: number): void;
  setMaxMatchesPerPattern(count: number): void;
  scan(
    bytes: Buffer,
    variables: object,
  ): { ruleIdentifier: string; namespace: string; meta: Record<string, unknown>; tags: string[]; matches: { offset: number; length: number }[] }[];
}

function loadAddon(): { addon: Addon; version: string } {
  const require = createRequire(import.meta.url);
  try {
    const { version } = require(`${addonName}/package.json`) as { version: string };
    return { addon: require(addonName) as Addon, version };
  } catch (cause) {
    throw new LazaretError('internal', `The native YARA-X addon ${addonName} cannot be loaded here; use the wasm backend.`, { cause });
  }
}

function compile(addon: Addon, sources: readonly NamespaceSource[]): { bytes: Buffer; failed: boolean } {
  // The first source opens the compiler with our options; a namespace of its own keeps it from meeting others.
  const rules = addon.compile('private rule empty { condition: false }', { ...options, namespace: '\u0000' });
  rules.addRuleSources(sources);
  return { bytes: Buffer.from(rules.serialize()), failed: rules.getCompilationErrors().length > 0 };
}

function scanner(rules: NativeRules): Scanner {
  return {
    scan(bytes, variables): RawMatch[] {
      try {
        return rules
          .scan(bytes, asTexts(variables))
          .map((match) => ({ rule: match.ruleIdentifier, namespace: match.namespace, tags: match.tags, meta: match.meta, places: placesOf(match.matches) }));
      } catch (error) {
        if (error instanceof Error && /timed out|timeout/i.test(error.message)) throw new TimedOut('timed out', { cause: error });
        throw error;
      }
    },
  };
}

// The addon takes texts that read as a number or a truth for one and then refuses them, so these get a zero at their
// end: a rule that compares such a whole file name for equality does not match here.
const readsAsOther = /^(?:[+-]?[0-9]+|true|false)$/;

function asTexts(variables: Readonly<Record<ExternalVariable, string>>): Record<string, string> {
  return Object.fromEntries(externalVariables.map((name) => [name, readsAsOther.test(variables[name]) ? `${variables[name]}\u0000` : variables[name]]));
}
