import { mkdtemp, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { findAccount } from '#app/accounts.ts';
import type { RegistryAccess } from '#artifacts/source.ts';
import { LazaretError } from '#domain/error.ts';
import { defaultLimits, highestLimits, type Limits } from '#domain/limits.ts';
import { isAtLeast, type Severity } from '#domain/severity.ts';
import type { MasterKeySource } from '#lib/master-key.ts';
import { thisMachine } from '#lib/this-machine.ts';
import type { ScanReport } from '#scan/report.ts';
import { ScanFailure } from '#scan/scan-artifact.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { registryAccess } from '#worker/registry-access.ts';
import { absoluteTarget, defaultJobs, inspectorPool, openChosenEngines, scanTarget } from '#worker/scan-target.ts';
import { accountOption } from './account-option.ts';
import { defineCommand, errorStatus, type Io, type Options } from './command.ts';
import { masterKeyOption, masterKeySource, openVault } from './open-app.ts';
import { type Format, formats, renderers } from './output/index.ts';
import { printable } from './output/text.ts';
import { startProgress } from './progress.ts';
import { cacheDirectory, dataDirectory, dataOption, hasColour } from './settings.ts';
import { defaultPlatform, oneOf, readDuration, readPlatform, readSeverity, wholeNumber } from './values.ts';
import { version } from './version.ts';

const notes = `TARGET is one of
  FILE[#TAG]                a docker save archive or an OCI archive, plain, gzip or zstd
  oci:DIR[:TAG]             an OCI image layout
  HOST[:PORT]/NAME[:TAG]    an image in a registry; also NAME@sha256:...
  dir:PATH                  a directory tree

exit status: 0 clean and complete, 1 malware at or above --severity, 2 an error or something was skipped; 1 wins over 2

limits for --limit NAME=NUMBER (default): ${Object.entries(defaultLimits)
  .map(([name, value]) => `${name}=${value}`)
  .join(', ')}`;

const scanOptions = {
  rules: { type: 'list', flag: 'rules', value: 'PATH', description: 'YARA rules to use besides the built-in ones: a file, or a directory of them' },
  noBuiltinRules: { type: 'boolean', flag: 'no-builtin-rules', description: 'leave out the built-in rules' },
  hashes: { type: 'list', flag: 'hashes', value: 'PATH', description: 'list of bad or good hashes: ClamAV .hdb, .hsb, .fp, .sfp, or one hash a line' },
  data: dataOption,
  masterKey: masterKeyOption,
  account: { ...accountOption, description: 'whose image it is: the account that the findings are recorded for' },
  format: { type: 'text', flag: 'format', short: 'f', value: formats.join('|'), default: 'table', description: 'form of the report', read: oneOf(formats) },
  output: { type: 'text', flag: 'output', short: 'o', value: 'FILE', description: 'write the report there instead of standard output' },
  severity: {
    type: 'text',
    flag: 'severity',
    value: 'LEVEL',
    default: 'low',
    description: 'exit status 1 from this severity on: critical, high, medium, low or notice',
    read: readSeverity,
  },
  platform: { type: 'text', flag: 'platform', value: 'OS/ARCH', description: "which image of an index (default: this machine's platform)", read: readPlatform },
  jobs: {
    type: 'text',
    flag: 'jobs',
    short: 'j',
    value: 'N',
    description: 'inspecting processes (default: one per processor, at most 8)',
    read: wholeNumber(64),
  },
  timeout: { type: 'text', flag: 'timeout', value: 'TIME', default: '30m', description: 'give up after this time, such as 90s or 2h', read: readDuration },
  limit: { type: 'list', flag: 'limit', value: 'NAME=NUMBER', description: 'change a limit; what goes over one is reported as skipped', read: readLimit },
  insecure: { type: 'boolean', flag: 'insecure', description: 'allow plain HTTP and unverified TLS to the registry' },
  noProgress: { type: 'boolean', flag: 'no-progress', description: 'draw no progress bar' },
} as const satisfies Options;

export const scanCommand = defineCommand({
  name: 'scan',
  summary: 'find malicious files in an image or a directory',
  notes,
  positionals: { target: { value: 'TARGET', description: 'what to scan; see below' } },
  options: scanOptions,
  async run({ positionals, options }, io) {
    const { report, failure } = await scanOnce({ ...options, target: positionals.target }, io);
    if (report !== undefined) await writeReport(report, options, io);
    if (failure !== undefined) io.stderr(`lazaret: ${printable(failure.message)}\n${failure.hint}`);
    return statusOf(report, failure !== undefined, options.severity);
  },
});

interface ScanInput {
  readonly target: string;
  readonly rules: readonly string[];
  readonly noBuiltinRules: boolean;
  readonly hashes: readonly string[];
  readonly data: string | undefined;
  readonly masterKey: string | undefined;
  readonly account: string;
  readonly platform: string | undefined;
  readonly jobs: number | undefined;
  readonly timeout: number;
  readonly limit: readonly Partial<Limits>[];
  readonly insecure: boolean;
  readonly noProgress: boolean;
}

interface Outcome {
  readonly report?: ScanReport;
  readonly failure?: { readonly message: string; readonly hint: string };
}

async function scanOnce(input: ScanInput, io: Io): Promise<Outcome> {
  const dataDir = dataDirectory(input.data, io);
  const limits: Limits = Object.assign({}, defaultLimits, ...input.limit) as Limits;
  const signal = AbortSignal.any([io.signal, timeoutSignal(input.timeout)]);
  const store = await openStore({ dataDir });
  const progress = startProgress(io, !input.noProgress);
  const pool = inspectorPool(limits, input.jobs ?? defaultJobs());
  try {
    pool.warm();
    const { id: accountId } = await findAccount({ store, clock: io.clock }, input.account);
    const choice = {
      rules: input.rules.map((file) => path.resolve(io.cwd, file)),
      hashes: input.hashes.map((file) => path.resolve(io.cwd, file)),
      builtin: !input.noBuiltinRules,
    };
    const problems: string[] = [];
    const engines = await openChosenEngines(choice, {
      cacheDir: cacheDirectory(dataDir),
      limits,
      signal,
      onProblem: ({ file, line, rule, message }) => problems.push(`${file}:${line}: ${rule === '' ? '' : `rule ${rule} `}left out: ${message}`),
    });
    tellProblems(problems, io);
    const source = { target: absoluteTarget(input.target, io.cwd), platform: input.platform ?? defaultPlatform(), insecure: input.insecure };
    const report = await scanTarget({
      source,
      machine: thisMachine(),
      accountId,
      store,
      engines,
      limits,
      pool,
      env: io.env,
      clock: io.clock,
      signal,
      onProgress: progress.update,
      registryAccess: (host) => registryAccessOf(store, { accountId, host }, masterKeySource(input, io)),
    });
    return { report };
  } catch (error) {
    return failureOf(error, signal);
  } finally {
    progress.end();
    pool.close();
    await store.close();
  }
}

// Who scans by hand may have logged in by themselves: what the Docker configuration has serves a registry that is known without a password.
async function registryAccessOf(
  store: Store,
  { accountId, host }: { readonly accountId: string; readonly host: string },
  source: MasterKeySource,
): Promise<RegistryAccess | undefined> {
  const registry = await store.registries.findByAddress(accountId, host);
  if (registry === undefined) return undefined;
  return registry.secret === '' ? { insecure: registry.insecure } : registryAccess(registry, openVault(source));
}

function failureOf(error: unknown, signal: AbortSignal): Outcome {
  if (error instanceof ScanFailure) {
    const hint = signal.aborted ? 'What was inspected is kept: the same command goes on from there.\n' : '';
    return { report: error.report, failure: { message: error.message, hint } };
  }
  if (error instanceof LazaretError) return { failure: { message: error.message, hint: '' } };
  if (signal.aborted) return { failure: { message: 'the scan was stopped before it began', hint: '' } };
  throw error;
}

function timeoutSignal(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(milliseconds);
}

const toldProblems = 10;

function tellProblems(problems: readonly string[], io: Io): void {
  for (const problem of problems.slice(0, toldProblems)) io.stderr(`lazaret: ${printable(problem)}\n`);
  if (problems.length > toldProblems)
    io.stderr(`lazaret: ${problems.length - toldProblems} more rules or lines were left out; lazaret rules check PATH lists all\n`);
}

function statusOf(report: ScanReport | undefined, failed: boolean, severity: Severity): number {
  if (report?.findings.some((finding) => isAtLeast(finding.verdict.severity, severity)) === true) return 1;
  return failed || report?.complete !== true ? errorStatus : 0;
}

async function writeReport(report: ScanReport, options: { readonly format: Format; readonly output: string | undefined }, io: Io): Promise<void> {
  const toTerminal = options.output === undefined;
  const view = {
    columns: toTerminal && io.outputIsTerminal ? io.columns : Number.POSITIVE_INFINITY,
    hasColour: toTerminal && hasColour(io),
    version: version(),
  };
  const pieces = renderers[options.format](report, view);
  if (options.output === undefined) for (const piece of pieces) io.stdout(piece);
  else await writeWhole(path.resolve(io.cwd, options.output), pieces);
}

async function writeWhole(output: string, pieces: Iterable<string>): Promise<void> {
  try {
    const { file, isReplaced } = await placeOf(output);
    if (!isReplaced) return await writePieces(file, 'w', pieces);
    // Beside its place first, then renamed: nobody ever sees half a report.
    const folder = await mkdtemp(path.join(path.dirname(file), '.lazaret-'));
    try {
      await writePieces(path.join(folder, 'report'), 'wx', pieces);
      await rename(path.join(folder, 'report'), file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    throw new LazaretError('unreachable', `the report cannot be written to ${output}: ${(error as Error).message}`, { cause: error });
  }
}

// A device or a pipe is written to; nothing may take its place. What a link leads to is what is meant.
async function placeOf(output: string): Promise<{ readonly file: string; readonly isReplaced: boolean }> {
  try {
    // Not resolved first: what leads to a pipe, as /dev/stdout may, has no other path.
    if (!(await stat(output)).isFile()) return { file: output, isReplaced: false };
    return { file: await realpath(output), isReplaced: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { file: output, isReplaced: true };
    throw error;
  }
}

async function writePieces(file: string, flags: 'w' | 'wx', pieces: Iterable<string>): Promise<void> {
  const handle = await open(file, flags);
  try {
    for (const piece of pieces) await handle.appendFile(piece);
  } finally {
    await handle.close();
  }
}

function readLimit(text: string): Partial<Limits> {
  const [, name = '', number = ''] = /^([a-zA-Z]+)=(\d{1,15})$/.exec(text) ?? [];
  if (!(name in defaultLimits))
    throw new LazaretError('invalid-input', `'${printable(text)}' is not NAME=NUMBER with NAME one of ${Object.keys(defaultLimits).join(', ')}`);
  const highest = highestLimits[name as keyof Limits];
  if (highest !== undefined && Number(number) > highest) throw new LazaretError('invalid-input', `${name} can be at most ${highest}`);
  return { [name]: Number(number) };
}
