import { openBestBackend } from './backends.ts';
import { checkNamespaces } from './compile.ts';
import { kindsOf, type RoutingKind } from './kinds.ts';
import { planPack } from './plan.ts';
import { type RuleProblem, readSources } from './sources.ts';

/** What a check says of one rule that works. */
export interface CheckedRule {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** Kinds of content that it meets. Empty when its condition can never hold. */
  readonly kinds: readonly RoutingKind[];
  readonly readsPath: boolean;
}

/** What a check says of one pack. */
export interface CheckedPack {
  readonly path: string;
  readonly rules: readonly CheckedRule[];
  readonly problems: readonly RuleProblem[];
}

/** Reads and checks packs as `openYaraPack` would, without keeping anything. @throws LazaretError not-found, limit */
export async function checkRules(paths: readonly string[], signal?: AbortSignal): Promise<{ packs: CheckedPack[] }> {
  const backend = openBestBackend();
  const packs: CheckedPack[] = [];
  for (const path of paths) {
    const sources = await readSources(path, signal);
    const plan = planPack(sources);
    const checked = await checkNamespaces(backend, plan.namespaces, signal);
    const rules = checked.namespaces.flatMap((namespace) =>
      namespace.rules.map(({ file, line, name, kinds, readsPath }) => ({ file, line, rule: name, kinds: kindsOf(kinds), readsPath })),
    );
    packs.push({ path, rules, problems: [...sources.problems, ...plan.problems, ...checked.problems] });
  }
  return { packs };
}
