import { externalVariables, supportedModules } from './backend.ts';
import { type Matchable, readCondition } from './condition.ts';
import { type Gate, leavesOf } from './gate.ts';
import { everyKind, type KindSet, kindBit } from './kinds.ts';
import { type PatternFacts, patternFacts } from './pattern-facts.ts';
import { gateOfPattern } from './pattern-gate.ts';
import { portableRule } from './portable.ts';
import { type SourceRule, splitRules } from './rules-file.ts';
import { includedName, type PackSources, type RuleProblem, type SourceFile } from './sources.ts';

/** A rule in its place among the rules of its namespace. */
export interface PlannedRule extends SourceRule {
  readonly file: string;
  /** Kinds of content it can match. */
  readonly kinds: KindSet;
  /** What must hold of a content before the rule can match it. */
  readonly gate: Gate;
  readonly modules: readonly string[];
  /** Indexes of the rules of the same namespace that its condition names; all are smaller than its own. */
  readonly needs: readonly number[];
  /** True when its answer depends on where the content lies, by itself, by a rule it needs, or by a global rule. */
  readonly readsPath: boolean;
  /** True when it counts or places matches, so that few matches are not enough to judge. */
  readonly countsMatches: boolean;
}

/** The rules of one namespace: those of one file and of what it includes, in order. */
export interface Namespace {
  readonly name: string;
  readonly rules: readonly PlannedRule[];
}

/** Splits a pack's files into namespaces and finds out what each rule needs. Rules that cannot work are left out and reported; what reading reported is not repeated. */
export function planPack(sources: PackSources): { namespaces: Namespace[]; problems: RuleProblem[] } {
  const splitting = new Splitting(sources);
  const roots = rootFiles(sources, splitting);
  const namespaces: Namespace[] = [];
  const problems: RuleProblem[] = [];
  for (const file of roots) {
    const collected = new Collected();
    splitting.expand(file, collected, problems);
    namespaces.push({ name: file.name, rules: planNamespace(collected, problems) });
  }
  return { namespaces, problems };
}

/** The same namespace without the given rules and all that need them; those are reported. */
export function withoutRules(namespace: Namespace, broken: ReadonlySet<number>, problems: RuleProblem[]): Namespace {
  const index = new Map<number, number>();
  const rules: PlannedRule[] = [];
  for (const [old, rule] of namespace.rules.entries()) {
    if (broken.has(old)) continue;
    const missing = rule.needs.find((need) => !index.has(need));
    if (missing !== undefined) {
      problems.push(problemOf(rule, `needs rule ${namespace.rules[missing]?.name ?? ''}, which was left out`));
      continue;
    }
    index.set(old, rules.length);
    rules.push({ ...rule, needs: rule.needs.map((need) => index.get(need) ?? 0) });
  }
  return { name: namespace.name, rules };
}

/** A problem at a rule's own place, or at another line of its file. */
export function problemOf(rule: PlannedRule, message: string, line: number = rule.line): RuleProblem {
  return { file: rule.file, line, rule: rule.name, message };
}

type Split = ReturnType<typeof splitRules>;

class Splitting {
  private readonly sources: PackSources;
  private readonly done = new Map<string, Split>();
  /** Files already expanded, whose own problems are therefore reported. */
  readonly reported = new Set<string>();

  constructor(sources: PackSources) {
    this.sources = sources;
  }

  items(file: SourceFile): Split {
    let items = this.done.get(file.name);
    if (items === undefined) this.done.set(file.name, (items = splitRules(file.text)));
    return items;
  }

  // A work list, so that a chain of includes costs no stack. A file is included once.
  expand(root: SourceFile, collected: Collected, problems: RuleProblem[]): void {
    const seen = new Set([root.name]);
    const open = [
      this.items(root)
        .map((item) => ({ item, file: root }))
        .values(),
    ];
    for (;;) {
      const next = open.at(-1)?.next();
      if (next === undefined) break;
      if (next.done === true) {
        open.pop();
        continue;
      }
      const { item, file } = next.value;
      if (item.kind === 'import') collected.imports.add(item.module);
      else if (item.kind === 'rule') collected.rules.push({ rule: portableRule(item.rule, file.isBytes), file: file.name });
      else if (item.kind === 'problem') this.report(problems, { file: file.name, line: item.line, rule: item.rule, message: item.message });
      else {
        const target = this.sources.files.get(includedName(file.name, item.target));
        if (target === undefined)
          this.report(problems, { file: file.name, line: item.line, rule: '', message: `include ${JSON.stringify(item.target)} is not a file of this pack` });
        else if (!seen.has(target.name)) {
          seen.add(target.name);
          open.push(
            this.items(target)
              .map((each) => ({ item: each, file: target }))
              .values(),
          );
        }
      }
    }
  }

  private report(problems: RuleProblem[], problem: RuleProblem): void {
    const key = `${problem.file}\u0000${problem.line}\u0000${problem.message}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    problems.push(problem);
  }
}

class Collected {
  readonly imports = new Set<string>();
  readonly rules: { rule: SourceRule; file: string }[] = [];
}

// Files that others include are no namespaces of their own, but for files that include each other in a circle.
function rootFiles(sources: PackSources, splitting: Splitting): SourceFile[] {
  const targets = new Map<string, string[]>();
  const included = new Set<string>();
  for (const file of sources.files.values()) {
    const names = splitting.items(file).flatMap((item) => (item.kind === 'include' ? [includedName(file.name, item.target)] : []));
    targets.set(file.name, names);
    for (const name of names) if (name !== file.name) included.add(name);
  }
  const reached = new Set<string>();
  const reach = (start: string): void => {
    for (const waiting = [start]; waiting.length > 0; ) {
      const name = waiting.pop() ?? '';
      if (reached.has(name)) continue;
      reached.add(name);
      waiting.push(...(targets.get(name) ?? []));
    }
  };
  const candidates = [...sources.files.values()].filter((file) => file.isRoot);
  const roots = candidates.filter((file) => !included.has(file.name));
  for (const root of roots) reach(root.name);
  for (const file of candidates) {
    if (reached.has(file.name)) continue;
    roots.push(file);
    reach(file.name);
  }
  return roots;
}

function planNamespace(collected: Collected, problems: RuleProblem[]): PlannedRule[] {
  const rules: PlannedRule[] = [];
  const byName = new Map<string, number>();
  const matchable = new Map<string, Matchable>();
  const leftOut = new Set<string>();
  for (const { rule, file } of collected.rules) {
    const names = [...rule.words];
    const modules = names.filter((name) => collected.imports.has(name));
    const reason = byName.has(rule.name) ? `duplicate rule ${rule.name}` : (missingModule(modules) ?? missingRule(names, leftOut));
    if (reason !== undefined) {
      if (!byName.has(rule.name)) leftOut.add(rule.name);
      problems.push({ file, line: rule.line, rule: rule.name, message: reason });
      continue;
    }
    const needs = names.flatMap((name) => byName.get(name) ?? []);
    const readsPath = names.some(isPathVariable) || needs.some((need) => rules[need]?.readsPath === true);
    const planned = { ...rule, file, ...contentsOfRule(rule, matchable), modules, needs, readsPath, countsMatches: countsMatches(rule) };
    byName.set(rule.name, rules.length);
    // Rules that name each other over and over would make gates that grow without bound.
    matchable.set(rule.name, { kinds: planned.kinds, gate: leavesOf(planned.gate) > mostInheritedLeaves ? true : planned.gate });
    rules.push(planned);
  }
  // A global rule decides over all others of its namespace.
  return rules.some((rule) => rule.isGlobal && rule.readsPath) ? rules.map((rule) => ({ ...rule, readsPath: true })) : rules;
}

const mostInheritedLeaves = 1000;

/** Contents that a rule can match, given those of the rules before it. */
export function contentsOfRule(rule: SourceRule, rules: ReadonlyMap<string, Matchable>): Matchable {
  const patterns = new Map<string, PatternFacts & { readonly gate: Gate }>();
  for (const [index, pattern] of rule.patterns.entries()) {
    patterns.set(pattern.id === '$' ? `$ ${index}` : pattern.id, { ...patternFacts(pattern), gate: gateOfPattern(pattern) });
  }
  const { kinds, gate } = readCondition(rule.condition, { patterns, rules });
  return { kinds: kinds & everyKind, gate };
}

function missingModule(modules: readonly string[]): string | undefined {
  const missing = modules.find((module) => !supportedModules.has(module));
  return missing === undefined ? undefined : `needs module ${missing}, which this engine does not have`;
}

function missingRule(names: readonly string[], leftOut: ReadonlySet<string>): string | undefined {
  const missing = names.find((name) => leftOut.has(name));
  return missing === undefined ? undefined : `needs rule ${missing}, which was left out`;
}

function isPathVariable(name: string): boolean {
  return name !== 'filetype' && (externalVariables as readonly string[]).includes(name);
}

function countsMatches(rule: SourceRule): boolean {
  return rule.words.has('at') || rule.words.has('in') || rule.condition.some((token) => token.kind === 'pattern' && !token.text.startsWith('$'));
}

/** Rules that no kind of content can match are kept with this kind, so that they are at least compiled and checked. */
export const kindOfImpossible: KindSet = kindBit.other;
