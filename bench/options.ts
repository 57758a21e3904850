import { parseArgs } from 'node:util';
import { type Case, cases } from './cases/index.ts';
import { listCalls } from './list-calls.ts';

export interface BenchOptions {
  readonly rules: readonly string[];
  readonly tree: string | undefined;
  readonly runs: number;
  readonly cases: readonly Case[];
  /** Calls that `lists` measures; none: all. */
  readonly calls: readonly string[];
  readonly strict: boolean;
  readonly write: boolean;
}

const mostRuns = 99;

export const help = `Measures Lazaret and prints the results as ratios.

usage: npm run bench -- [options]

  --rules PATH   compare with these rules instead of generated ones, with yara only; may be given several times
  --tree DIR     scan a copy of this folder instead of a tree made by debootstrap or of the running system
  --runs N       make each comparison N times and print medians (default: 3)
  --only CASE    run one case; may be given several times
  --calls NAMES  of the case lists measure only these calls, with commas between them
  --strict       fail also when a target is missed
  --write        write the results into docs/benchmarks.md
  --help         show this help

cases:
${cases.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`).join('\n')}

Exit status: 0 done, 1 a result is wrong, such as hits that differ from yara's, or (with --strict) a target is missed, 2 error.
`;

/** What was asked for, or 'help'. @throws Error that says what is wrong. */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rules: { type: 'string', multiple: true, default: [] },
      tree: { type: 'string' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', multiple: true, default: [] },
      calls: { type: 'string', default: '' },
      strict: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const runs = /^\d{1,2}$/.test(values.runs) ? Number(values.runs) : 0;
  if (runs < 1) throw new Error(`--runs is a whole number from 1 to ${mostRuns}`);
  const isOfLists = values.only.length === 1 && values.only[0] === 'lists';
  if (values.write && values.only.length > 0 && !isOfLists) throw new Error('--write writes all cases, or lists alone; leave out --only');
  const calls = values.calls.split(',').filter((name) => name !== '');
  const unknown = calls.find((name) => !listCalls().some(({ operation }) => operation.action === name));
  if (unknown !== undefined) throw new Error(`there is no call '${unknown}' that only reads`);
  if (calls.length > 0 && (!isOfLists || values.write)) throw new Error('--calls goes with --only lists and without --write');
  return { rules: values.rules, tree: values.tree, runs, cases: chosenCases(values.only, values.rules), calls, strict: values.strict, write: values.write };
}

function chosenCases(only: readonly string[], rules: readonly string[]): readonly Case[] {
  if (only.length === 0) return cases.filter(({ dependsOnRules }) => dependsOnRules || rules.length === 0);
  return only.map((wanted) => {
    const found = cases.find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`there is no case '${wanted}'; there are ${cases.map(({ name }) => name).join(', ')}`);
    return found;
  });
}
