import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import { defineCommand, type Io } from './command.ts';
import { type CommandEntry, dispatch } from './dispatch.ts';
import { testIo } from './test-io.ts';

function entry(name: string, run: (io: Io) => Promise<number>): CommandEntry {
  const command = defineCommand({ name, summary: `do ${name}`, options: {}, positionals: {}, run: (_, io) => run(io) });
  return { name, load: async () => command };
}

const said = (text: string) => async (io: Io) => {
  io.stdout(text);
  return 5;
};
const failing = (error: unknown) => async () => {
  // oxlint-disable-next-line typescript/only-throw-error -- what a stranger's code may do
  throw error;
};
const entries = [
  entry('scan', said('scanned')),
  entry('keys create', said('created')),
  entry('keys list', said('listed')),
  entry('lost', failing(new LazaretError('not-found', 'no image \u001b[31m there'))),
  entry('broken', failing(new TypeError('x is undefined'))),
  entry('odd', failing('a text')),
  { name: 'missing', load: async () => await Promise.reject(new Error('cannot load')) },
];
const listed = entries.slice(0, 3);

async function call(args: readonly string[], changes: Partial<Io> = {}, among: readonly CommandEntry[] = entries) {
  const { io, output } = testIo(changes);
  return { status: await dispatch(among, args, io), ...output() };
}

test('commands of one word and of two run and give their status', async () => {
  assert.deepEqual(await call(['scan']), { status: 5, stdout: 'scanned', stderr: '' });
  assert.deepEqual(await call(['keys', 'list']), { status: 5, stdout: 'listed', stderr: '' });
});

test('help lists every command, and that of a family only its own', async () => {
  for (const args of [['--help'], ['-h'], ['help']]) {
    const { status, stdout } = await call(args, {}, listed);
    assert.equal(status, 0);
    assert.match(stdout, / {2}scan {9}do scan\n {2}keys create {2}do keys create\n {2}keys list {4}do keys list\n/);
  }
  const { status, stdout } = await call(['keys', '--help']);
  assert.equal(status, 0);
  assert.match(stdout, /keys create/);
  assert.doesNotMatch(stdout, /do scan/);
});

test('no command is an error that shows help', async () => {
  const { status, stdout, stderr } = await call([], {}, listed);
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /usage: lazaret COMMAND/);
});

test('the version is that of the package', async () => {
  const { status, stdout } = await call(['--version']);
  assert.equal(status, 0);
  assert.match(stdout, /^lazaret \d+\.\d+\.\d+\n$/);
});

for (const [args, first] of [
  [['scna'], "lazaret: unknown command 'scna' (did you mean scan?)"],
  [['elephant'], "lazaret: unknown command 'elephant'"],
  [['\u001b[31m'], "lazaret: unknown command '\\x1b[31m'"],
  [['keys'], 'lazaret: keys needs to know what to do'],
  [['keys', 'lst'], "lazaret: unknown command 'keys lst' (did you mean keys list?)"],
  [['__proto__'], "lazaret: unknown command '__proto__'"],
] as const) {
  test(`${JSON.stringify(args)} is refused with the commands there are`, async () => {
    const { status, stderr, stdout } = await call(args);
    const [line, names] = stderr.split('\n');
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.equal(line, first);
    assert.match(names ?? '', /^There are: /);
  });
}

test('an expected error is one harmless line', async () => {
  assert.deepEqual(await call(['lost']), { status: 2, stdout: '', stderr: 'lazaret: no image \\x1b[31m there\n' });
});

test('an unexpected error is one line, with its place when debugging', async () => {
  assert.deepEqual(await call(['broken']), { status: 2, stdout: '', stderr: 'lazaret: internal error: x is undefined\n' });
  const { stderr } = await call(['broken'], { env: { LAZARET_DEBUG: '1' } });
  assert.match(stderr, /^lazaret: internal error: x is undefined\nTypeError: x is undefined\n {4}at /);
  assert.equal((await call(['odd'])).stderr, 'lazaret: internal error: a text\n');
  assert.equal((await call(['missing'])).stderr, 'lazaret: internal error: cannot load\n');
});

test('what breaks off because it was told to stop is no internal error', async () => {
  const control = new AbortController();
  control.abort();
  const stopped = [entry('wait', async (io) => await Promise.reject(io.signal.reason as Error))];
  assert.deepEqual(await call(['wait'], { signal: control.signal }, stopped), { status: 2, stdout: '', stderr: 'lazaret: stopped\n' });
  assert.match((await call(['wait'], {}, [entry('wait', failing(control.signal.reason))])).stderr, /internal error/);
});
