import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants as osConstants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const launcher = join(import.meta.dirname, '../../bin/lazaret');
const packagedNode = join(import.meta.dirname, '../../node_modules', `node-${process.platform}-${process.arch}`);

/** Stands for the commands: says what it was given and ends as it is told to. */
const main = `
import { DatabaseSync } from 'node:sqlite';
export async function main(args: readonly string[]): Promise<number> {
  new DatabaseSync(':memory:').close();
  const [command, value = ''] = args;
  console.log(JSON.stringify({ version: process.version, args, pid: process.pid }));
  if (command === 'read') for await (const chunk of process.stdin) process.stdout.write(chunk);
  if (command === 'warn') process.emitWarning('a warning of ours');
  if (command === 'throw') throw new Error('thrown as told');
  if (command === 'die') process.kill(process.pid, value);
  if (command === 'die' || command === 'wait') await new Promise((done) => setTimeout(done, 20_000));
  if (command === 'catch') {
    const clock = setInterval(() => {}, 1000);
    const signal = await new Promise((done) => process.once(value, done));
    clearInterval(clock);
    console.log(\`caught \${signal}\`);
    return 7;
  }
  return command === 'return' ? Number(value) : 0;
}
`;

let checkout = '';
before(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'lazaret-launcher-')));
  cpSync(launcher, join(checkout, 'bin/lazaret'));
  mkdirSync(join(checkout, 'src/cli'), { recursive: true });
  writeFileSync(join(checkout, 'src/cli/main.ts'), main);
  writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
  mkdirSync(join(checkout, 'node_modules'));
  symlinkSync(packagedNode, join(checkout, 'node_modules', `node-${process.platform}-${process.arch}`));
  // A Node that takes itself for an older one, for machines that have none.
  writeFileSync(join(checkout, 'older.mjs'), "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });");
});
after(() => rmSync(checkout, { recursive: true }));

function olderNode(): readonly string[] {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    try {
      accessSync(node, constants.X_OK);
      const major = Number.parseInt(execFileSync(node, ['--version'], { encoding: 'utf8' }).slice(1), 10);
      if (major >= 20 && major < 24) return [node];
    } catch {
      // None here.
    }
  }
  return [process.execPath, '--import', join(checkout, 'older.mjs')];
}

function start(node: readonly string[], args: readonly string[], options: { readonly path?: string; readonly cwd?: string } = {}): ChildProcess {
  const [command = '', ...nodeArgs] = node;
  return spawn(command, [...nodeArgs, options.path ?? join(checkout, 'bin/lazaret'), ...args], { cwd: options.cwd ?? checkout, timeout: 30_000 });
}

async function finish(child: ChildProcess, input = '') {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  child.stdin?.end(input);
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const [first = '{}'] = output.stdout.split('\n');
  return { ...output, status, signal, said: (first.startsWith('{') ? JSON.parse(first) : {}) as { version?: string; args?: string[]; pid?: number } };
}

const nodes = [
  ['Node 24', () => [process.execPath]],
  ['an older Node', olderNode],
] as const;

for (const [name, node] of nodes) {
  describe(`the launcher under ${name}`, () => {
    test('runs the commands under Node 24 with its arguments', async () => {
      const { said, status, stderr } = await finish(start(node(), ['a b', '--c=d', '', '*']));
      assert.match(said.version ?? '', /^v(?:2[4-9]|[3-9]\d)\./);
      assert.deepEqual(said.args, ['a b', '--c=d', '', '*']);
      assert.equal(status, 0);
      assert.equal(stderr, '');
    });

    for (const expected of [0, 1, 3, 255]) {
      test(`ends with the status ${expected}`, async () => {
        assert.equal((await finish(start(node(), ['return', String(expected)]))).status, expected);
      });
    }

    test('shows warnings, but not that a feature of Node is experimental', async () => {
      const { stderr } = await finish(start(node(), ['warn']));
      assert.match(stderr, /a warning of ours/);
      assert.doesNotMatch(stderr, /Experimental/);
    });

    test('fails when the commands throw', async () => {
      const { status, stderr } = await finish(start(node(), ['throw']));
      assert.equal(status, 1);
      assert.match(stderr, /thrown as told/);
    });

    test('hands its input on', async () => {
      assert.match((await finish(start(node(), ['read']), 'from outside')).stdout, /from outside$/);
    });

    test('works from any folder and through a link', async () => {
      const path = join(checkout, 'linked');
      symlinkSync(join(checkout, 'bin/lazaret'), path);
      try {
        const { said, status } = await finish(start(node(), ['x'], { path, cwd: '/' }));
        assert.deepEqual(said.args, ['x']);
        assert.equal(status, 0);
      } finally {
        rmSync(path);
      }
    });

    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      test(`lets the commands answer ${signal}`, async () => {
        const child = start(node(), ['catch', signal]);
        child.stdout?.once('data', () => void sleep(100).then(() => child.kill(signal)));
        const { stdout, status } = await finish(child);
        assert.match(stdout, new RegExp(`caught ${signal}`));
        assert.equal(status, 7);
      });

      test(`ends by ${signal} when the commands do not answer it`, async () => {
        const child = start(node(), ['wait']);
        child.stdout?.once('data', () => void sleep(100).then(() => child.kill(signal)));
        const ended = await finish(child);
        assert.equal(ended.signal, signal);
        assert.throws(() => process.kill(ended.said.pid ?? 0, 0), { code: 'ESRCH' });
      });
    }

    test('ends by the signal that killed the commands', async () => {
      const { status, signal } = await finish(start(node(), ['die', 'SIGKILL']));
      // Nobody but the system can end a process by SIGKILL from inside, so either way of saying it will do.
      assert.ok(signal === 'SIGKILL' || status === 128 + osConstants.signals.SIGKILL);
    });
  });
}

test('an older Node without the packaged one says what to do', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'lazaret-bare-'));
  try {
    cpSync(launcher, join(bare, 'bin/lazaret'));
    writeFileSync(join(bare, 'package.json'), '{ "type": "module" }');
    const { status, stderr } = await finish(start(olderNode(), ['scan'], { path: join(bare, 'bin/lazaret') }));
    assert.equal(status, 2);
    assert.match(stderr, /needs Node 24 or newer/);
    assert.match(stderr, /npm ci/);
    assert.equal(stderr.trim().split('\n').length, 1);
  } finally {
    rmSync(bare, { recursive: true });
  }
});
