import { assemblePack, numberedSource } from './assemble.ts';
import type { Backend } from './backend.ts';
import { type Bucketing, bucketRules } from './buckets.ts';
import { type RoutingKind, routingKinds } from './kinds.ts';
import { type Namespace, problemOf, withoutRules } from './plan.ts';
import type { RuleProblem } from './sources.ts';

/** One compiled pack: the rules of a kind of content, for one of the two engines. */
export interface CompiledPack {
  readonly kind: RoutingKind;
  readonly readsPath: boolean;
  readonly bucketing: Bucketing;
  /** In the order of the bucketing's. */
  readonly buckets: readonly CompiledBucket[];
}

export interface CompiledBucket {
  readonly countsMatches: boolean;
  readonly bytes: Buffer;
}

/** Rules that compile, each in the packs of the kinds it can match. */
export interface Compilation {
  readonly namespaces: readonly Namespace[];
  readonly packs: readonly CompiledPack[];
  readonly problems: readonly RuleProblem[];
}

/**
 * Compiles all packs. Rules are checked one namespace at a time only when a pack does not compile, as that is rare and
 * takes as long as compiling; then what is broken is left out and all is compiled again.
 */
export async function compilePacks(backend: Backend, namespaces: readonly Namespace[], signal?: AbortSignal): Promise<Compilation> {
  const packs = await tryCompile(backend, namespaces, signal);
  if (packs !== undefined) return { namespaces, packs, problems: [] };
  const checked = await checkNamespaces(backend, namespaces, signal);
  const again = await tryCompile(backend, checked.namespaces, signal);
  if (again === undefined) throw new Error('rules that compile one namespace at a time do not compile together');
  return { ...checked, packs: again };
}

/** Leaves out what does not compile. */
export async function checkNamespaces(
  backend: Backend,
  namespaces: readonly Namespace[],
  signal?: AbortSignal,
): Promise<{ namespaces: Namespace[]; problems: RuleProblem[] }> {
  const problems: RuleProblem[] = [];
  const kept: Namespace[] = [];
  for (const namespace of namespaces) {
    await breathe(signal);
    kept.push(checkNamespace(backend, namespace, problems));
  }
  return { namespaces: kept, problems };
}

async function tryCompile(backend: Backend, namespaces: readonly Namespace[], signal: AbortSignal | undefined): Promise<CompiledPack[] | undefined> {
  const packs: CompiledPack[] = [];
  for (const readsPath of [false, true]) {
    for (const kind of routingKinds) {
      const bucketing = bucketRules(namespaces, kind, readsPath);
      const buckets: CompiledBucket[] = [];
      for (const rules of bucketing.buckets) {
        await breathe(signal);
        const { sources, countsMatches } = assemblePack(namespaces, rules);
        const { bytes, failed } = backend.compile(sources);
        if (failed) return undefined;
        buckets.push({ countsMatches, bytes });
      }
      if (buckets.length > 0) packs.push({ kind, readsPath, bucketing, buckets });
    }
  }
  return packs;
}

// A broken rule can hide another's error, so a few rounds may be needed; what still fails then is left out altogether.
const rounds = 8;

function checkNamespace(backend: Backend, given: Namespace, problems: RuleProblem[]): Namespace {
  let namespace = given;
  for (let round = 0; round < rounds && namespace.rules.length > 0; round++) {
    const { source, place } = numberedSource(namespace);
    const errors = backend.validate(source);
    if (errors.length === 0) return namespace;
    const broken = new Map<number, RuleProblem>();
    const failing = new Set<number>();
    const places = errors.flatMap((error) => {
      const found = place(error.line);
      return found === undefined ? [] : [{ ...found, message: error.message }];
    });
    for (const { index, line, message } of places.sort((left, right) => left.index - right.index)) {
      const rule = namespace.rules[index];
      if (rule === undefined || failing.has(index)) continue;
      // The engine, too, misses the rules that need a broken one; `withoutRules` says so better.
      if (!rule.needs.some((need) => failing.has(need))) broken.set(index, problemOf(rule, message, line));
      failing.add(index);
    }
    if (broken.size === 0) break;
    problems.push(...broken.values());
    namespace = withoutRules(namespace, new Set(broken.keys()), problems);
  }
  if (namespace.rules.length > 0) problems.push({ file: given.name, line: 1, rule: '', message: 'does not compile; left out' });
  return { name: given.name, rules: [] };
}

// Compiling holds the thread for long; between two packs others get a turn.
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
