import assert from 'node:assert/strict';
import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { commands } from './main.ts';

const launcher = fileURLToPath(new URL('../../bin/lazaret', import.meta.url));

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-cli-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

async function finish(command: string, args: readonly string[], options: SpawnOptions = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000, ...options });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (output.stderr += String(chunk)));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, ...output };
}

function lazaret(args: readonly string[], options: SpawnOptions = {}) {
  return finish(process.execPath, [launcher, ...args], options);
}

test('every listed command loads and has the name it is listed by', async () => {
  for (const { name, load } of commands) {
    const command = await load();
    assert.equal(command.name, name);
    assert.match(command.usage, new RegExp(`^lazaret ${name}\\b`));
    assert.match(command.help(80), /options:\n/);
  }
});

test('the executable helps, tells its version and refuses what it does not know', async () => {
  const help = await lazaret(['--help']);
  assert.equal(help.status, 0);
  for (const { name } of commands) assert.match(help.stdout, new RegExp(`^ {2}${name}\\b`, 'm'));
  assert.match((await lazaret(['--version'])).stdout, /^lazaret \d/);
  const unknown = await lazaret(['scan', '--sevrity', 'low', 'image.tar']);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /^lazaret: unknown option --sevrity \(did you mean --severity\?\)\nusage: lazaret scan /);
});

test('the data directory is taken from the environment', async (t) => {
  const path = folder(t);
  const created = await lazaret(['keys', 'create', '--format', 'json'], { env: { ...process.env, LAZARET_DATA: join(path, 'data') } });
  assert.equal(created.status, 0, created.stderr);
  const listed = await lazaret(['keys', 'list', '--format', 'json', '--data', 'data'], { cwd: path });
  const { secretId } = JSON.parse(created.stdout) as { readonly secretId: string };
  assert.ok(listed.stdout.includes(secretId));
});

test('a scan does not load the server', async (t) => {
  const path = folder(t);
  const seen = join(path, 'seen');
  writeFileSync(
    join(path, 'watch.mjs'),
    `import { registerHooks } from 'node:module';
import { appendFileSync } from 'node:fs';
registerHooks({ load: (url, context, next) => { appendFileSync(${JSON.stringify(seen)}, url + '\\n'); return next(url, context); } });`,
  );
  const { status } = await finish(process.execPath, ['--import', pathToFileURL(join(path, 'watch.mjs')).href, launcher, 'scan', '--help']);
  assert.equal(status, 0);
  const loaded = readFileSync(seen, 'utf8');
  assert.match(loaded, /src\/cli\/scan\.ts/);
  assert.doesNotMatch(loaded, /src\/clouds\/|src\/cli\/serve\.ts|\/fastify\//);
});

test('a reader that goes away is no reason for a message, but no success either', async (t) => {
  const path = folder(t);
  const rule = (index: number) => `rule Rule_${index} { strings: $a = "text ${index}" condition: $a }\n`;
  writeFileSync(join(path, 'many.yar'), Array.from({ length: 3000 }, (_, index) => rule(index)).join(''));
  const child = spawn(process.execPath, [launcher, 'rules', 'check', '-v', 'many.yar'], { cwd: path, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(stderr, '');
  assert.equal(status, 2);
});

/** Starts a scan of an image whose registry takes the connection and never answers. */
async function startStuckScan(t: TestContext) {
  const path = folder(t);
  const connections = new Set<{ destroy(): void }>();
  const registry = createServer((socket) => {
    connections.add(socket);
    socket.on('error', () => undefined);
    registry.emit('asked');
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  t.after(() => {
    for (const connection of connections) connection.destroy();
    registry.close();
  });
  const address = registry.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const asked = once(registry, 'asked');
  const child = spawn(process.execPath, [launcher, 'scan', `127.0.0.1:${port}/team/app:1`, '--no-builtin-rules', '--data', join(path, 'data')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  await asked;
  return { child, ended: once(child, 'close') as Promise<[number | null]>, messages: () => stderr };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops a scan that waits, within a second and with a word`, async (t) => {
    const { child, ended, messages } = await startStuckScan(t);
    const stoppedAt = Date.now();
    child.kill(signal);
    const [status] = await ended;
    assert.equal(status, 2);
    assert.ok(Date.now() - stoppedAt < 1000);
    assert.match(messages(), /^lazaret: .*stop/m);
    assert.doesNotMatch(messages(), /internal error/);
  });
}

test('a second Ctrl-C does not wait for what is being ended', async (t) => {
  const path = folder(t);
  const child = spawn(process.execPath, [launcher, 'serve', '--listen', 'http://127.0.0.1:0', '--no-builtin-rules', '--data', join(path, 'data')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let log = '';
  while (!/http:\/\/127\.0\.0\.1:\d+/.test(log)) log += String((await once(child.stdout, 'data'))[0]);
  // A request that has begun and does not end keeps the server from closing.
  const request = connect(Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1]), '127.0.0.1');
  t.after(() => request.destroy());
  request.on('error', () => undefined);
  await once(request, 'connect');
  request.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n1');
  await sleep(200);
  child.kill('SIGINT');
  await sleep(300);
  assert.equal(child.exitCode, null);
  const stoppedAt = Date.now();
  child.kill('SIGINT');
  const [status] = await ended;
  assert.equal(status, 130);
  assert.ok(Date.now() - stoppedAt < 1000);
});
