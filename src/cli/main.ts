import { randomBytes } from 'node:crypto';
import { LazaretError } from '#domain/error.ts';
import { errorStatus, type Io } from './command.ts';
import { type CommandEntry, dispatch } from './dispatch.ts';

/** Every command, in the order of help. */
export const commands: readonly CommandEntry[] = [
  { name: 'scan', load: async () => (await import('./scan.ts')).scanCommand },
  { name: 'serve', load: async () => (await import('./serve.ts')).serveCommand },
  { name: 'keys create', load: async () => (await import('./keys.ts')).createKeyCommand },
  { name: 'keys list', load: async () => (await import('./keys.ts')).listKeysCommand },
  { name: 'keys disable', load: async () => (await import('./keys.ts')).disableKeyCommand },
  { name: 'accounts create', load: async () => (await import('./accounts.ts')).createAccountCommand },
  { name: 'accounts list', load: async () => (await import('./accounts.ts')).listAccountsCommand },
  { name: 'registry add', load: async () => (await import('./registry-add.ts')).addRegistryCommand },
  { name: 'registry list', load: async () => (await import('./registry-list.ts')).listRegistriesCommand },
  { name: 'registry show', load: async () => (await import('./registry-list.ts')).showRegistryCommand },
  { name: 'registry update', load: async () => (await import('./registry-add.ts')).updateRegistryCommand },
  { name: 'registry remove', load: async () => (await import('./registry-list.ts')).removeRegistryCommand },
  { name: 'registry sync', load: async () => (await import('./registry-sync.ts')).syncRegistryCommand },
  { name: 'policies set', load: async () => (await import('./policies.ts')).setPolicyCommand },
  { name: 'policies list', load: async () => (await import('./policies.ts')).listPoliciesCommand },
  { name: 'policies show', load: async () => (await import('./policies.ts')).showPolicyCommand },
  { name: 'policies remove', load: async () => (await import('./policies.ts')).removePolicyCommand },
  { name: 'audit', load: async () => (await import('./audit.ts')).auditCommand },
  { name: 'master-key rotate', load: async () => (await import('./master-key.ts')).rotateMasterKeyCommand },
  { name: 'rules check', load: async () => (await import('./rules.ts')).checkRulesCommand },
];

/** Runs the command line on this process and returns its exit status: as the command has it, 2 for an error. */
export async function main(args: readonly string[]): Promise<number> {
  const control = new AbortController();
  const stopWatching = watchSignals(control);
  watchPipes();
  try {
    return await dispatch(commands, args, ioOf(control.signal));
  } finally {
    stopWatching();
  }
}

const defaultColumns = 80;
// As a shell reports an end by SIGINT.
const interruptedStatus = 130;

function ioOf(signal: AbortSignal): Io {
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    isTerminal: process.stderr.isTTY,
    outputIsTerminal: process.stdout.isTTY,
    get columns() {
      // A terminal of unknown size, such as a serial line, says 0.
      return process.stderr.columns || process.stdout.columns || defaultColumns;
    },
    signal,
    cwd: process.cwd(),
    clock: Date.now,
    randomBytes,
  };
}

/** The first signal asks the command to stop, so that it keeps what it has; another SIGINT ends the process. */
function watchSignals(control: AbortController): () => void {
  const stop = (name: NodeJS.Signals) => {
    if (control.signal.aborted && name === 'SIGINT') process.exit(interruptedStatus);
    control.abort(new LazaretError('cancelled', `stopped by ${name}`));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
}

/** A reader that has gone away, as in `lazaret … | head`, is no reason for a message; but what it did not read is no success. */
function watchPipes(): void {
  // The listeners stay: what was written last may fail after the command has ended.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = errorStatus;
    if (error.code !== 'EPIPE') process.stderr.write(`lazaret: cannot write the output: ${error.message}\n`);
  });
  process.stderr.on('error', () => undefined);
}
