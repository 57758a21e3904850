import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { checkRules } from '#engines/yara/index.ts';
import { defineCommand, errorStatus, type Io } from './command.ts';
import { grid } from './output/grid.ts';
import { indentedArray } from './output/indented.ts';
import { countText, pluralText } from './output/numbers.ts';
import { inLargePieces } from './output/renderer.ts';
import { printable } from './output/text.ts';
import { answerOption } from './values.ts';

type CheckedPack = Awaited<ReturnType<typeof checkRules>>['packs'][number];
type CheckedRule = CheckedPack['rules'][number];
type RuleKind = CheckedRule['kinds'][number];

/** Titles of the kinds of content that rules are split by, in the order they are shown. */
const kindTitles = { elf: 'ELF', pe: 'PE', text: 'TEXT', other: 'OTHER' } as const satisfies Record<RuleKind, string>;
const kinds = Object.keys(kindTitles) as readonly RuleKind[];

export const checkRulesCommand = defineCommand({
  name: 'rules check',
  summary: 'compile rule packs, name every bad rule, and tell which file types each rule can match at all',
  options: {
    verbose: { type: 'boolean', flag: 'verbose', short: 'v', description: 'tell the file types of every rule, not only how many rules there are of each' },
    format: answerOption,
  },
  positionals: { paths: { value: 'PATH', isList: true, description: 'a file of YARA rules, or a directory of them' } },
  notes: `The file types are ELF, PE, TEXT (no control characters) and OTHER (the rest). A rule that can never match is
counted under NEVER, one that asks for the file's path or name under BY PATH.

Exit status: 0 all rules compile, 1 a rule is bad, 2 error or no rule found.`,
  async run({ options, positionals }, io) {
    const packs = await checkPacks(positionals.paths, io);
    if (options.format === 'json') for (const piece of inLargePieces(jsonOf(packs))) io.stdout(piece);
    else for (const piece of inLargePieces(tableOf(packs, options.verbose))) io.stdout(piece);
    return statusOf(packs, io);
  },
});

/** Checks each pack; files in the answer are paths from the working directory, ready to be opened. */
async function checkPacks(paths: readonly string[], io: Io): Promise<readonly CheckedPack[]> {
  const { packs } = await checkRules(
    paths.map((path) => resolve(io.cwd, path)),
    io.signal,
  );
  const shown: CheckedPack[] = [];
  for (const [index, { path, rules, problems }] of packs.entries()) {
    const given = paths[index] ?? path;
    const place = await placeOf(given, path);
    shown.push({
      path: given,
      rules: rules.map((rule) => ({ ...rule, file: place(rule.file) })),
      problems: problems.map((problem) => ({ ...problem, file: place(problem.file) })),
    });
  }
  return shown;
}

/** How a file inside a pack is called by one who stands in the working directory. */
async function placeOf(given: string, path: string): Promise<(file: string) => string> {
  const isFolder = (await stat(path)).isDirectory();
  if (isFolder) return (file) => join(given, file);
  // A link leads to a folder of its own, beside which included files lie.
  const real = await realpath(path);
  const folder = basename(real) === basename(given) ? dirname(given) : dirname(real);
  return (file) => (file === basename(real) ? given : join(folder, file));
}

function statusOf(packs: readonly CheckedPack[], io: Io): number {
  if (packs.some(({ problems }) => problems.length > 0)) return 1;
  const empty = packs.filter(({ rules }) => rules.length === 0);
  for (const { path } of empty) io.stderr(`lazaret: no rules in ${printable(path)}\n`);
  return empty.length > 0 ? errorStatus : 0;
}

function* jsonOf(packs: readonly CheckedPack[]): Generator<string> {
  yield '{\n  "packs": ';
  yield* indentedArray(packs.map(packFields), 1);
  yield '\n}\n';
}

function packFields({ path, rules, problems }: CheckedPack): object {
  return {
    path,
    rules: rules.map(({ file, line, rule, kinds: fileTypes, readsPath }) => ({ file, line, rule, fileTypes, readsPath })),
    problems: problems.map(({ file, line, rule, message }) => ({ file, line, rule, message })),
  };
}

function* tableOf(packs: readonly CheckedPack[], isVerbose: boolean): Generator<string> {
  const problems = packs.flatMap((pack) => pack.problems);
  for (const { file, line, rule, message } of problems) yield `${printable(file)}:${line}: ${rule === '' ? '' : `${printable(rule)}: `}${oneLine(message)}\n`;
  if (problems.length > 0) yield '\n';
  if (isVerbose) {
    yield* grid(
      ['RULE', 'FILE TYPES', 'BY PATH', 'PLACE'],
      packs.flatMap((pack) => pack.rules.map(ruleRow)),
    );
    yield '\n';
  }
  yield* grid(['PACK', 'RULES', ...Object.values(kindTitles), 'NEVER', 'BY PATH', 'BAD'], packs.map(packRow));
  const rules = packs.reduce((sum, pack) => sum + pack.rules.length, 0);
  yield `\n${pluralText(rules, 'rule')} work${rules === 1 ? 's' : ''}, ${problems.length === 0 ? 'none is bad' : pluralText(problems.length, 'problem')}.\n`;
}

function ruleRow({ rule, file, line, kinds: ruleKinds, readsPath }: CheckedRule): readonly string[] {
  return [
    rule,
    ruleKinds.length === 0 ? 'never' : ruleKinds.map((kind) => kindTitles[kind].toLowerCase()).join(' '),
    readsPath ? 'yes' : '',
    `${file}:${line}`,
  ];
}

function packRow({ path, rules, problems }: CheckedPack): readonly string[] {
  const count = (holds: (rule: CheckedRule) => boolean) => countText(rules.filter(holds).length);
  return [
    path,
    countText(rules.length),
    ...kinds.map((kind) => count((rule) => rule.kinds.includes(kind))),
    count((rule) => rule.kinds.length === 0),
    count((rule) => rule.readsPath),
    countText(problems.length),
  ];
}

function oneLine(message: string): string {
  return printable(message.replace(/\s*\n\s*/g, ' ').trim());
}
