import { LazaretError } from '#domain/error.ts';
import { type Command, errorStatus, helpTable, type Io } from './command.ts';
import { nearest } from './nearest.ts';
import { printable } from './output/text.ts';
import { isDebug } from './settings.ts';
import { version } from './version.ts';

/** A command that is read from disk only when it is called, so that a scan does not load the server. */
export interface CommandEntry {
  /** As typed after `lazaret`: one word, or two for a command of a family such as `keys`. */
  readonly name: string;
  readonly load: () => Promise<Command>;
}

/** Finds and runs the command that the arguments name. Returns the exit status; never throws. */
export async function dispatch(entries: readonly CommandEntry[], args: readonly string[], io: Io): Promise<number> {
  try {
    return await choose(entries, args, io);
  } catch (error) {
    return tell(error, io);
  }
}

async function choose(entries: readonly CommandEntry[], args: readonly string[], io: Io): Promise<number> {
  const [first = '', second = ''] = args;
  if (first === '--version' || first === '-V') {
    io.stdout(`lazaret ${version()}\n`);
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    io.stdout(await helpOf(entries, io));
    return 0;
  }
  if (first === '') {
    io.stderr(await helpOf(entries, io));
    return errorStatus;
  }
  const entry = entries.find(({ name }) => name === first);
  if (entry !== undefined) return (await entry.load()).execute(args.slice(1), io);
  const family = entries.filter(({ name }) => name.startsWith(`${first} `));
  if (family.length === 0) return refuse(`unknown command '${printable(first)}'`, first, entries, io);
  const member = family.find(({ name }) => name === `${first} ${second}`);
  if (member !== undefined) return (await member.load()).execute(args.slice(2), io);
  if (second === '--help' || second === '-h') {
    io.stdout(await helpOf(family, io));
    return 0;
  }
  return refuse(second === '' ? `${first} needs to know what to do` : `unknown command '${printable(`${first} ${second}`)}'`, `${first} ${second}`, family, io);
}

function refuse(problem: string, typed: string, entries: readonly CommandEntry[], io: Io): number {
  const names = entries.map(({ name }) => name);
  const likely = nearest(typed, names);
  io.stderr(`lazaret: ${problem}${likely === undefined ? '' : ` (did you mean ${likely}?)`}\nThere are: ${names.join(', ')}\nSee lazaret --help\n`);
  return errorStatus;
}

async function helpOf(entries: readonly CommandEntry[], io: Io): Promise<string> {
  const commands = await Promise.all(entries.map(async ({ load }) => await load()));
  const rows = commands.map(({ usage, summary }) => [usage.replace(/^lazaret /, '').replace(/ \[options\]$/, ''), summary] as const);
  return `Lazaret finds malicious files in container images and answers the clouds' questions about them.

usage: lazaret COMMAND [options]

${helpTable(rows, io.outputIsTerminal ? io.columns : 100)}
Each command tells its options: lazaret COMMAND --help. The version: lazaret --version.
`;
}

function tell(error: unknown, io: Io): number {
  if (error instanceof LazaretError && error.code !== 'internal') io.stderr(`lazaret: ${printable(error.message)}\n`);
  else if (io.signal.aborted && isAbort(error)) io.stderr('lazaret: stopped\n');
  else io.stderr(`lazaret: internal error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
  if (isDebug(io.env) && error instanceof Error) io.stderr(`${(error.stack ?? '').split('\n').map(printable).join('\n')}\n${causeText(error)}`);
  return errorStatus;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || (error as NodeJS.ErrnoException).code === 'ABORT_ERR');
}

function causeText({ cause }: Error): string {
  return cause instanceof Error ? `caused by ${(cause.stack ?? cause.message).split('\n').map(printable).join('\n')}\n` : '';
}
