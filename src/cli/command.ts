import { parseArgs } from 'node:util';
import { LazaretError } from '#domain/error.ts';
import type { Clock } from '#lib/clock.ts';
import { nearest } from './nearest.ts';
import { printable } from './output/text.ts';

/** What a command has of the outside; nothing else of the process is touched by commands. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard error is a terminal: progress and colours of messages. */
  readonly isTerminal: boolean;
  /** Whether standard output is a terminal: colours and width of reports. */
  readonly outputIsTerminal: boolean;
  /** Width of the terminal in cells; asked anew for every line, since a window changes its size. */
  readonly columns: number;
  /** Aborted by SIGINT and SIGTERM; the reason is a LazaretError 'cancelled'. */
  readonly signal: AbortSignal;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Reads a value as typed. @throws LazaretError 'invalid-input' that says what would be right. */
export type Reader<T> = (text: string) => T;

/** One row of a command's table of options, under the name its value has in `Input.options`. */
export type Option =
  | { readonly type: 'boolean'; readonly flag: string; readonly short?: string; readonly description: string }
  | (ValueOption & { readonly type: 'text' /** As it would be typed; read as a given value is. */; readonly default?: string })
  | (ValueOption & { readonly type: 'list' });

interface ValueOption {
  readonly flag: string;
  readonly short?: string;
  /** What stands for the value in help, such as 'PATH'. */
  readonly value: string;
  readonly description: string;
  /** The text itself where it is not given. */
  readonly read?: Reader<unknown>;
}

/** An argument that is no option. Only the last may be a list, which has at least one member. */
export interface Positional {
  readonly value: string;
  readonly isList?: boolean;
  readonly description: string;
}

export type Options = Readonly<Record<string, Option>>;
export type Positionals = Readonly<Record<string, Positional>>;

type ReadBy<O> = O extends { readonly read: Reader<infer T> } ? T : string;
type OptionValue<O extends Option> = O extends { readonly type: 'boolean' }
  ? boolean
  : O extends { readonly type: 'list' }
    ? readonly ReadBy<O>[]
    : O extends { readonly default: string }
      ? ReadBy<O>
      : ReadBy<O> | undefined;

/** What a command runs on: every option and positional of its table, by name. */
export interface Input<O extends Options, P extends Positionals> {
  readonly options: { readonly [Name in keyof O]: OptionValue<O[Name]> };
  readonly positionals: { readonly [Name in keyof P]: P[Name] extends { readonly isList: true } ? readonly string[] : string };
}

/** What is written to make a command. */
export interface CommandDefinition<O extends Options, P extends Positionals> {
  /** As typed after `lazaret`, such as 'keys create'. */
  readonly name: string;
  readonly summary: string;
  /** Follows the options in help: exit statuses, examples. */
  readonly notes?: string;
  readonly options: O;
  readonly positionals: P;
  /** Returns the exit status. */
  run(input: Input<O, P>, io: Io): Promise<number>;
}

/** A command as the dispatcher knows it: told its arguments, it reads them, and helps or runs. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The line that shows how it is called. */
  readonly usage: string;
  /** Arguments that cannot be read give status 2, with what is wrong and where help is. */
  execute(args: readonly string[], io: Io): Promise<number>;
  help(columns: number): string;
}

/** Status of a command that could not do its work, as grep and ClamAV have it: 1 is a result. */
export const errorStatus = 2;

export function defineCommand<const O extends Options, const P extends Positionals>(definition: CommandDefinition<O, P>): Command {
  const usage = usageOf(definition);
  const help = (columns: number) => helpOf(definition, usage, columns);
  return {
    name: definition.name,
    summary: definition.summary,
    usage,
    help,
    async execute(args, io) {
      const read = readArguments(definition, args);
      if (read === 'help') {
        io.stdout(help(io.outputIsTerminal ? io.columns : defaultColumns));
        return 0;
      }
      if (typeof read === 'string') {
        io.stderr(`lazaret: ${read}\nusage: ${usage}\nSee lazaret ${definition.name} --help\n`);
        return errorStatus;
      }
      return await definition.run(read, io);
    },
  };
}

const defaultColumns = 100;
const helpOption = { type: 'boolean', flag: 'help', short: 'h', description: 'show this help' } as const satisfies Option;

type Tokens = ReturnType<typeof tokensOf>;

/** The input, or 'help' when it is asked for, or what is wrong. */
function readArguments<O extends Options, P extends Positionals>(definition: CommandDefinition<O, P>, args: readonly string[]): Input<O, P> | string {
  if (asksForHelp(args)) return 'help';
  const tokens = tokensOf(definition.options, args);
  try {
    const options = readOptions(definition.options, tokens);
    const positionals = readPositionals(
      definition.positionals,
      tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    );
    return { options, positionals } as Input<O, P>;
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'invalid-input') return error.message;
    throw error;
  }
}

// Also where another option misses its value, since that is what help is about.
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).some((arg) => arg === `--${helpOption.flag}` || arg === `-${helpOption.short}`);
}

function tokensOf(options: Options, args: readonly string[]) {
  const table = Object.fromEntries(
    [...Object.values(options), helpOption].map((option) => [
      option.flag,
      { type: option.type === 'boolean' ? ('boolean' as const) : ('string' as const), ...(option.short === undefined ? {} : { short: option.short }) },
    ]),
  );
  // Not strict, so that the messages are ours; every token is checked below.
  return parseArgs({ args: [...args], options: table, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function readOptions(options: Options, tokens: Tokens): Readonly<Record<string, unknown>> {
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.values(options).find(({ flag }) => flag === token.name);
    if (option === undefined) throw unknownOption(token.rawName, options);
    given.set(option.flag, [...(given.get(option.flag) ?? []), valueOf(option, token)]);
  }
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, readOption(option, given.get(option.flag))]));
}

function valueOf(option: Option, token: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined }): string {
  const { value, inlineValue } = token;
  if (option.type === 'boolean') {
    if (value !== undefined) throw new LazaretError('invalid-input', `--${option.flag} takes no value`);
    return '';
  }
  if (value === undefined) throw new LazaretError('invalid-input', `--${option.flag} needs a value: --${option.flag} ${option.value}`);
  if (value === '') throw new LazaretError('invalid-input', `--${option.flag} has an empty value`);
  // Most likely the value was forgotten. A value that begins so can be given with an equals sign.
  if (inlineValue !== true && value.length > 1 && value.startsWith('-'))
    throw new LazaretError(
      'invalid-input',
      `--${option.flag} needs a value before ${printable(value)}; write --${option.flag}=${printable(value)} if that is the value`,
    );
  return value;
}

function readOption(option: Option, values: readonly string[] | undefined): unknown {
  if (option.type === 'boolean') return values !== undefined;
  if (option.type === 'list') return (values ?? []).map((value) => readValue(option, value));
  const value = values?.at(-1) ?? option.default;
  return value === undefined ? undefined : readValue(option, value);
}

function readValue(option: Exclude<Option, { type: 'boolean' }>, text: string): unknown {
  try {
    return option.read === undefined ? text : option.read(text);
  } catch (error) {
    if (error instanceof LazaretError && error.code === 'invalid-input')
      throw new LazaretError('invalid-input', `--${option.flag}: ${error.message}`, { cause: error });
    throw error;
  }
}

function readPositionals(positionals: Positionals, values: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = Object.entries(positionals);
  const read = entries.map(([name, positional], index) => {
    const value = values[index];
    if (value === undefined || value === '') throw new LazaretError('invalid-input', `${positional.value} is missing`);
    return [name, positional.isList === true ? values.slice(index) : value] as const;
  });
  const hasList = entries.some(([, positional]) => positional.isList === true);
  const extra = hasList ? undefined : values[entries.length];
  if (extra !== undefined) throw new LazaretError('invalid-input', `unexpected argument '${printable(extra)}'`);
  return Object.fromEntries(read);
}

function unknownOption(rawName: string, options: Options): LazaretError {
  const likely = nearest(
    rawName.replace(/^-+/, ''),
    Object.values(options).map(({ flag }) => flag),
  );
  return new LazaretError('invalid-input', `unknown option ${printable(rawName)}${likely === undefined ? '' : ` (did you mean --${likely}?)`}`);
}

function usageOf(definition: CommandDefinition<Options, Positionals>): string {
  const positionals = Object.values(definition.positionals).map(({ value, isList }) => (isList === true ? `${value}...` : value));
  return ['lazaret', definition.name, ...positionals, '[options]'].join(' ');
}

function helpOf(definition: CommandDefinition<Options, Positionals>, usage: string, columns: number): string {
  const positionals = Object.values(definition.positionals).map(({ value, description }) => [value, description] as const);
  const options = [...Object.values(definition.options), helpOption].map((option) => [flagText(option), optionText(option)] as const);
  const sections = [
    `${capital(definition.summary)}.\n`,
    `usage: ${usage}\n`,
    ...(positionals.length === 0 ? [] : [helpTable(positionals, columns)]),
    `options:\n${helpTable(options, columns)}`,
    ...(definition.notes === undefined ? [] : [`${definition.notes.trim()}\n`]),
  ];
  return sections.join('\n');
}

function flagText(option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `;
  return option.type === 'boolean' ? `${short}--${option.flag}` : `${short}--${option.flag} ${option.value}`;
}

function optionText(option: Option): string {
  if (option.type === 'list') return `${option.description}; may be given several times`;
  return option.type === 'text' && option.default !== undefined ? `${option.description} (default: ${option.default})` : option.description;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Rows of a term and its description, the descriptions aligned and broken between words. */
export function helpTable(rows: readonly (readonly [string, string])[], columns: number): string {
  const indent = Math.min(34, Math.max(...rows.map(([term]) => term.length)) + 4);
  const width = Math.max(20, Math.min(columns, 120) - indent);
  const lines = rows.flatMap(([term, description]) => {
    const [first = '', ...more] = breakWords(description, width);
    const start = `  ${term}`;
    const head = start.length + 2 > indent ? [start, `${' '.repeat(indent)}${first}`] : [`${start.padEnd(indent)}${first}`];
    return [...head, ...more.map((line) => ' '.repeat(indent) + line)];
  });
  return `${lines.join('\n')}\n`;
}

function breakWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
