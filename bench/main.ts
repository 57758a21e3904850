// `npm run bench`: measures what the targets speak of and prints it as ratios.

import path from 'node:path';
import { writeDocument } from './document.ts';
import { type Lab, openLab } from './lab.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, help, readOptions } from './options.ts';
import { type Outcome, readingPrefix, tableOf } from './result.ts';
import { openWorkspace } from './workspace.ts';

const shownFailures = 20;
const errorStatus = 2;
// As a shell reports an end by SIGINT.
const interruptedStatus = 130;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const control = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => control.abort(new Error(`stopped by ${name}`)));
  try {
    const options = readOptions(args);
    if (options !== 'help') return await measure(options, control.signal);
    process.stdout.write(help);
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return control.signal.aborted ? interruptedStatus : errorStatus;
  }
}

async function measure(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const workspace = await openWorkspace();
  try {
    const lab = openLab({ workspace, signal, runs: options.runs, rules: options.rules, tree: options.tree, calls: options.calls, say });
    const { rows, failures } = await runCases(options, lab);
    const machine = await describeMachine(signal);
    const facts = await factsOf(options, lab);
    process.stdout.write(`${[...machine, ...facts].join('\n')}\n\n${tableOf(rows)}\n`);
    for (const failure of failures.slice(0, shownFailures)) process.stdout.write(`FAILED: ${failure}\n`);
    if (failures.length > shownFailures) process.stdout.write(`FAILED: and ${failures.length - shownFailures} more\n`);
    if (options.write && failures.length === 0) {
      const name = options.rules.length === 0 ? 'generated' : (await lab.pack()).name;
      const measured = { at: new Date(), machine };
      const ofLists = rows.filter((row) => row.name.startsWith(readingPrefix));
      const others = rows.filter((row) => !ofLists.includes(row));
      if (others.length > 0) say(`wrote ${await writeDocument({ ...measured, name, command: commandOf(options), facts, rows: others })}`);
      if (ofLists.length > 0)
        say(`wrote ${await writeDocument({ ...measured, name: 'lists', command: 'npm run bench -- --only lists --write', facts: [], rows: ofLists })}`);
    }
    return failures.length > 0 || (options.strict && rows.some(({ verdict }) => verdict === 'over')) ? 1 : 0;
  } finally {
    await workspace.close();
  }
}

async function runCases(options: BenchOptions, lab: Lab): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for (const each of options.cases) {
    const { rows, failures } = await each.run(lab);
    outcomes.push({ rows, failures: failures.map((failure) => `${each.name}: ${failure}`) });
  }
  return { rows: outcomes.flatMap(({ rows }) => rows), failures: outcomes.flatMap(({ failures }) => failures) };
}

async function factsOf(options: BenchOptions, lab: Lab): Promise<readonly string[]> {
  const runs = `medians of ${options.runs} ${options.runs === 1 ? 'run' : 'runs'}`;
  if (!options.cases.some(({ name }) => name !== 'virus-list' && name !== 'lists')) return [runs];
  const { rules, note } = await lab.pack();
  const { origin } = await lab.tree();
  return [`the tree: ${origin}`, `the rules: ${rules}${note === '' ? ', made by a generator' : ` (${note})`}`, runs];
}

// As one would type it elsewhere: without paths of this machine.
function commandOf({ rules, runs }: BenchOptions): string {
  return ['npm run bench --', ...rules.map((given) => `--rules ${path.basename(given)}`), `--runs ${runs}`, '--write'].join(' ');
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
