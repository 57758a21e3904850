import assert from 'node:assert/strict';
import { hash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { uploadFileName, uploadKeyOf } from '#app/upload-folder.ts';
import { createVault } from '#lib/vault.ts';
import { testFolder } from '../../../test/support/folder.ts';
import { makeUploadForm } from './upload-form.ts';
import { addUploads, type UploadOptions } from './uploads.ts';

const vault = createVault([Buffer.alloc(32, 1)]);

interface Ground {
  readonly port: number;
  readonly dataDir: string;
  /** Names in the folder of uploads. */
  readonly files: () => readonly string[];
}

async function open(context: TestContext, more: Partial<UploadOptions> = {}): Promise<Ground> {
  const dataDir = testFolder(context);
  const server = Fastify({ genReqId: () => randomUUID(), forceCloseConnections: true });
  addUploads(server, { vault, clock: () => 1000, dataDir, silenceMs: 2000, keepFree: 0, ...more });
  await server.listen({ host: '127.0.0.1', port: 0 });
  context.after(() => server.close());
  const uploads = path.join(dataDir, 'uploads');
  return { port: (server.server.address() as AddressInfo).port, dataDir, files: () => (existsSync(uploads) ? readdirSync(uploads) : []) };
}

interface Form {
  readonly content: string | Buffer;
  readonly fields: readonly (readonly [string, string])[];
}

function formFor(
  content: string | Buffer,
  more: { readonly maxBytes?: number; readonly expiresAt?: number; readonly algorithm?: 'md5' | 'sha256' } = {},
): Form {
  const { maxBytes = 1000, expiresAt = 2000, algorithm = 'md5' } = more;
  const form = makeUploadForm(vault, { key: uploadKeyOf('default', hash(algorithm, content)), maxBytes }, expiresAt);
  const fields = [
    ['OSSAccessKeyId', form.accessId],
    ['policy', form.policy],
    ['Signature', form.signature],
    ['key', form.key],
  ] as const;
  return { content, fields };
}

const boundary = 'x-boundary';

function bodyOf({ content, fields }: Form, more: readonly string[] = []): Buffer {
  const parts = fields.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const file = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="../../evil"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from([...parts, ...more, file].join('')), Buffer.from(content), Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

function headOf(length: number): string {
  return `POST /uploads/ HTTP/1.1\r\nHost: here\r\nContent-Type: multipart/form-data; boundary=${boundary}\r\nContent-Length: ${length}\r\n\r\n`;
}

async function send(
  ground: Ground,
  form: Form,
  pathname = '/uploads/',
): Promise<{ readonly status: number; readonly text: string; readonly etag: string | null }> {
  const response = await fetch(`http://127.0.0.1:${ground.port}${pathname}`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: new Uint8Array(bodyOf(form)),
  });
  return { status: response.status, text: await response.text(), etag: response.headers.get('etag') };
}

async function codeOf(ground: Ground, form: Form): Promise<string> {
  const { status, text } = await send(ground, form);
  return `${status} ${/<Code>(.*)<\/Code>/.exec(text)?.[1]}`;
}

async function openSocket(ground: Ground): Promise<Socket> {
  const socket = connect(ground.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 8000; performance.now() < end; await sleep(10)) if (isSo()) return;
  assert.fail('it did not come about');
}

const change = (form: Form, name: string, value: string | undefined): Form => ({
  ...form,
  fields: form.fields.flatMap((field) => (field[0] !== name ? [field] : value === undefined ? [] : [[name, value] as const])),
});

test('a file is taken by its form and lies under a name that nobody chose', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const binary = Buffer.from(Array.from({ length: 900 }, (_, index) => index % 256));
  for (const content of ['clean', binary, '']) {
    const form = formFor(content, { algorithm: 'sha256' });
    assert.deepEqual(await send(ground, form), { status: 204, text: '', etag: `"${hash('md5', content).toUpperCase()}"` });
    const name = uploadFileName(uploadKeyOf('default', hash('sha256', content)));
    assert.deepEqual(readFileSync(path.join(ground.dataDir, 'uploads', name)), Buffer.from(content));
  }
  assert.equal((await send(ground, formFor('without a slash'), '/uploads')).status, 204);
  assert.equal(ground.files().length, 4);
});

test('the caller chooses the status of success', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  for (const [asked, status] of [
    ['200', 200],
    ['201', 201],
    ['204', 204],
    ['500', 204],
  ] as const) {
    const form = formFor('x');
    const answer = await send(ground, { ...form, fields: [['success_action_status', asked], ...form.fields] });
    assert.equal(answer.status, status);
    if (status === 201) assert.match(answer.text, /<PostResponse>[\s\S]*<Key>[0-9a-f]{32}\/[0-9a-f]{32}<\/Key>/);
  }
});

test('names of fields may be written in any case, and further fields are let be', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const form = formFor('x');
  const fields = [...form.fields.map(([name, value]) => [name.toUpperCase(), value] as const), ['x-oss-meta', '中'] as const];
  assert.equal((await send(ground, { ...form, fields })).status, 204);
});

test('a wrong signature, a form that is over, another key and a wrong hash are refused', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const form = formFor('good');
  assert.equal(await codeOf(ground, change(form, 'Signature', 'AAAA')), '403 SignatureDoesNotMatch');
  assert.equal(await codeOf(ground, change(form, 'OSSAccessKeyId', 'LTAI')), '403 InvalidAccessKeyId');
  assert.equal(await codeOf(ground, formFor('good', { expiresAt: 1000 })), '403 AccessDenied');
  for (const key of ['../../etc/passwd', `../${uploadKeyOf('default', hash('md5', 'good'))}`, uploadKeyOf('other', hash('md5', 'good'))])
    assert.equal(await codeOf(ground, change(form, 'key', key)), '403 AccessDenied');
  for (const name of ['policy', 'Signature', 'OSSAccessKeyId']) assert.equal(await codeOf(ground, change(form, name, undefined)), '403 AccessDenied');
  assert.equal(await codeOf(ground, { ...form, content: 'bad' }), '400 InvalidDigest');
  assert.deepEqual(ground.files(), []);
});

test('a key that is signed but no place for a file is refused', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const form = makeUploadForm(vault, { key: '../../evil', maxBytes: 10 }, 2000);
  const fields = [
    ['OSSAccessKeyId', form.accessId],
    ['policy', form.policy],
    ['Signature', form.signature],
    ['key', form.key],
  ] as const;
  assert.equal(await codeOf(ground, { content: 'x', fields }), '400 InvalidObjectName');
  assert.deepEqual(ground.files(), []);
});

test('a file that is too large is refused, and the answer arrives', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  assert.equal(await codeOf(ground, formFor('x'.repeat(1001))), '400 EntityTooLarge');
  assert.equal(await codeOf(ground, formFor(Buffer.alloc(8 * 1024 * 1024))), '400 EntityTooLarge');
  assert.equal((await send(ground, formFor('x'.repeat(1000)))).status, 204);
  assert.equal(ground.files().length, 1);
});

// Sends without end, and gives how many MiB were taken before the connection was closed.
async function pour(ground: Ground, start: Buffer): Promise<number> {
  const socket = await openSocket(ground);
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.resume();
  socket.write(headOf(2 ** 40));
  socket.write(start);
  const piece = Buffer.alloc(1024 * 1024, 'x');
  let sent = 0;
  for (; !socket.destroyed && sent < 200; sent += 1) {
    const isTaken = new Promise<void>((resolve) => {
      socket.once('drain', resolve);
    });
    if (!socket.write(piece)) await Promise.race([isTaken, closed]);
  }
  await closed;
  return sent;
}

test('a file, a form and a field without end are cut off', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const body = bodyOf(formFor('x'));
  const starts = [body.subarray(0, -18), body.subarray(0, -30), body.subarray(0, 300), Buffer.from(`--${boundary}\r\n\r\n`), Buffer.from('no form')];
  for (const start of starts) assert.ok((await pour(ground, start)) < 100);
  await until(() => ground.files().length === 0);
});

test('what is no form, has no file, or has its fields after the file is refused', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const url = `http://127.0.0.1:${ground.port}/uploads/`;
  for (const [type, body] of [
    ['application/json', '{}'],
    ['multipart/form-data', 'x'],
    [`multipart/form-data; boundary=${boundary}`, ''],
    [`multipart/form-data; boundary=${boundary}`, 'garbage'],
    [`multipart/form-data; boundary=${boundary}`, `--${boundary}--\r\n`],
    ['application/x-www-form-urlencoded', 'key=x&file=y'],
  ] as const) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
    assert.deepEqual([response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1]], [400, 'MalformedPOSTRequest'], `${type}: ${body}`);
  }
  const form = formFor('x');
  const late = { ...form, fields: form.fields.slice(0, 3) };
  assert.equal(await codeOf(ground, late), '400 MalformedPOSTRequest');
  assert.equal(await codeOf(ground, { ...form, fields: Array.from({ length: 40 }, (_, index) => [`f${index}`, 'x'] as const) }), '400 MalformedPOSTRequest');
  assert.equal(await codeOf(ground, { ...form, fields: [['policy', 'x'.repeat(20_000)]] }), '400 MalformedPOSTRequest');
  assert.equal((await fetch(url)).status, 404);
});

test('a request cut off half-way leaves nothing, and one that falls silent is ended', { timeout: 20_000 }, async (t) => {
  const ground = await open(t, { silenceMs: 300 });
  const body = bodyOf(formFor('a longer content than is sent'));
  const half = body.subarray(0, body.length - 30);
  const cut = await openSocket(ground);
  cut.write(headOf(body.length));
  cut.write(half);
  await until(() => ground.files().length === 1);
  cut.destroy();
  await until(() => ground.files().length === 0);
  for (const started of [half, body.subarray(0, 40), Buffer.alloc(0)]) {
    const silent = await openSocket(ground);
    let answer = '';
    silent.on('data', (piece: Buffer) => {
      answer += piece.toString();
    });
    silent.write(headOf(body.length));
    silent.write(started);
    await once(silent, 'close');
    assert.match(answer, /^HTTP\/1\.1 400[\s\S]*RequestTimeout/);
  }
  assert.deepEqual(ground.files(), []);
});

test('a slow sender is waited for as long as something comes', { timeout: 20_000 }, async (t) => {
  const ground = await open(t, { silenceMs: 300 });
  const body = bodyOf(formFor('slow'));
  const socket = await openSocket(ground);
  socket.write(headOf(body.length));
  for (let at = 0; at < body.length; at += 64) {
    socket.write(body.subarray(at, at + 64));
    await sleep(50);
  }
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1\.1 204/);
  socket.destroy();
});

test('several that send the same file at once all succeed, and leave one file', { timeout: 20_000 }, async (t) => {
  const ground = await open(t);
  const content = Buffer.alloc(900, 'y');
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(ground, formFor(content))));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([204]));
  assert.deepEqual(ground.files(), [uploadFileName(uploadKeyOf('default', hash('md5', content)))]);
});

test('a disk without room is told as such', { timeout: 20_000 }, async (t) => {
  const ground = await open(t, { keepFree: 2 ** 60 });
  assert.equal(await codeOf(ground, formFor('x')), '503 ServiceUnavailable');
  assert.deepEqual(ground.files(), []);
});
