import type { NamespaceSource } from './backend.ts';
import { kindBit, type RoutingKind } from './kinds.ts';
import { kindOfImpossible, type Namespace, type PlannedRule } from './plan.ts';

/** Source of one compiled pack. */
export interface AssembledPack {
  readonly sources: readonly NamespaceSource[];
  /** Rules that report here; those that are there only for others to need are not counted. */
  readonly rules: number;
  readonly countsMatches: boolean;
}

/**
 * Puts together the rules that can match one kind of content. Rules that these need come along, and so do the global
 * rules of a namespace. What came along only for that and reports elsewhere is made private.
 */
export function assemblePack(namespaces: readonly Namespace[], kind: RoutingKind, readsPath: boolean): AssembledPack {
  const sources: NamespaceSource[] = [];
  let rules = 0;
  let counts = false;
  for (const namespace of namespaces) {
    const reporting = namespace.rules.map((rule) => rule.readsPath === readsPath && ((rule.kinds === 0 ? kindOfImpossible : rule.kinds) & kindBit[kind]) !== 0);
    const reportingCount = reporting.filter(Boolean).length;
    if (reportingCount === 0) continue;
    rules += reportingCount;
    const included = withNeeded(namespace.rules, reporting);
    counts ||= namespace.rules.some((rule, index) => included[index] === true && rule.countsMatches);
    sources.push({
      namespace: namespace.name,
      source: sourceOf(
        namespace.rules.filter((_, index) => included[index]),
        readsPath,
      ),
    });
  }
  return { sources, rules, countsMatches: counts };
}

/** Source of a whole namespace, and for each line of it the rule and the line of the rule's file. */
export function numberedSource(namespace: Namespace): { source: string; place: (line: number) => { index: number; line: number } | undefined } {
  const starts: number[] = [];
  let line = 1 + importsOf(namespace.rules).length;
  for (const rule of namespace.rules) {
    starts.push(line);
    line += rule.text.split('\n').length;
  }
  const place = (wanted: number): { index: number; line: number } | undefined => {
    const index = starts.findLastIndex((start) => start <= wanted);
    const rule = namespace.rules[index];
    return rule === undefined ? undefined : { index, line: rule.textLine + wanted - (starts[index] ?? 1) };
  };
  return { source: sourceOf(namespace.rules, undefined), place };
}

function withNeeded(rules: readonly PlannedRule[], reporting: readonly boolean[]): boolean[] {
  const included = rules.map((rule, index) => reporting[index] === true || rule.isGlobal);
  // Needs point backwards, so that one pass from the end meets all.
  for (let index = rules.length - 1; index >= 0; index--) {
    if (included[index] === true) for (const need of rules[index]?.needs ?? []) included[need] = true;
  }
  return included;
}

function importsOf(rules: readonly PlannedRule[]): string[] {
  return [...new Set(rules.flatMap((rule) => rule.modules))];
}

// With `readsPath`, rules of the other engine are made private, as they report there.
function sourceOf(rules: readonly PlannedRule[], readsPath: boolean | undefined): string {
  const imports = importsOf(rules).map((module) => `import "${module}"\n`);
  return imports.concat(rules.map((rule) => `${modifiersOf(rule, readsPath)}${readsPath === undefined ? rule.text : withoutShortcuts(rule)}\n`)).join('');
}

/**
 * YARA-X 1.20 notes which headers and file sizes a rule demands and does not look for its patterns elsewhere, but it
 * keeps one note for patterns that several rules have in common, so that all but one of these rules miss what they
 * should find. It takes no note of a condition in this form, which means the same; `backend-contract.ts` tries it.
 */
export function withoutShortcuts(rule: PlannedRule): string {
  const from = rule.text.length - 1 - rule.conditionLength;
  return `${rule.text.slice(0, from)} (${rule.text.slice(from, -1)}\n) or false }`;
}

function modifiersOf(rule: PlannedRule, readsPath: boolean | undefined): string {
  const isPrivate = rule.isPrivate || (readsPath !== undefined && rule.readsPath !== readsPath);
  return `${rule.isGlobal ? 'global ' : ''}${isPrivate ? 'private ' : ''}`;
}
