import type { NamespaceSource } from './backend.ts';
import type { Namespace, PlannedRule } from './plan.ts';

/** Source of one compiled pack. */
export interface AssembledPack {
  readonly sources: readonly NamespaceSource[];
  readonly countsMatches: boolean;
}

/**
 * Puts together the source of some rules. Rules that these need come along, and so do the global rules of a namespace.
 * What came along only for that is made private, as it reports elsewhere.
 */
export function assemblePack(namespaces: readonly Namespace[], reporting: ReadonlySet<PlannedRule>): AssembledPack {
  const sources: NamespaceSource[] = [];
  let counts = false;
  for (const { name, rules } of namespaces) {
    if (!rules.some((rule) => reporting.has(rule))) continue;
    const needed = withNeeded(rules, reporting);
    const included = rules.filter((_, index) => needed[index]);
    counts ||= included.some((rule) => rule.countsMatches);
    sources.push({ namespace: name, source: sourceOf(included, reporting) });
  }
  return { sources, countsMatches: counts };
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

function withNeeded(rules: readonly PlannedRule[], reporting: ReadonlySet<PlannedRule>): boolean[] {
  const included = rules.map((rule) => reporting.has(rule) || rule.isGlobal);
  // Needs point backwards, so that one pass from the end meets all.
  for (let index = rules.length - 1; index >= 0; index--) {
    if (included[index] === true) for (const need of rules[index]?.needs ?? []) included[need] = true;
  }
  return included;
}

function importsOf(rules: readonly PlannedRule[]): string[] {
  return [...new Set(rules.flatMap((rule) => rule.modules))];
}

// Without `reporting`, as the rules' author wrote them.
function sourceOf(rules: readonly PlannedRule[], reporting: ReadonlySet<PlannedRule> | undefined): string {
  const imports = importsOf(rules).map((module) => `import "${module}"\n`);
  return imports.concat(rules.map((rule) => `${modifiersOf(rule, reporting)}${reporting === undefined ? rule.text : withoutShortcuts(rule)}\n`)).join('');
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

function modifiersOf(rule: PlannedRule, reporting: ReadonlySet<PlannedRule> | undefined): string {
  return `${rule.isGlobal ? 'global ' : ''}${rule.isPrivate || reporting?.has(rule) === false ? 'private ' : ''}`;
}
