import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openTls, type TlsChoice } from './tls.ts';

function choiceIn(context: TestContext): TlsChoice {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazaret-tls-'));
  context.after(() => rmSync(dataDir, { recursive: true }));
  return { cert: undefined, key: undefined, names: [], dataDir, now: Date.now() };
}

test('an authority and a certificate for this machine are made once, keys for the owner alone', async (context) => {
  const choice = choiceIn(context);
  const made = await openTls(choice);
  assert.deepEqual(await openTls(choice), made);
  assert.equal(made.authority, join(choice.dataDir, 'tls', 'ca.pem'));
  const authority = new X509Certificate(readFileSync(made.authority));
  const server = new X509Certificate(made.cert);
  assert.ok(authority.ca && !server.ca && server.verify(authority.publicKey));
  assert.ok(server.checkHost('localhost') !== undefined && server.checkIP('127.0.0.1') !== undefined && server.checkIP('::1') !== undefined);
  assert.equal(server.checkHost('example.org'), undefined);
  for (const name of ['ca-key.pem', 'server.pem']) assert.equal(statSync(join(choice.dataDir, 'tls', name)).mode & 0o777, 0o600);
});

test('several first starts at once end with one authority', async (context) => {
  const choice = choiceIn(context);
  const made = await Promise.all(Array.from({ length: 4 }, () => openTls(choice)));
  const authority = new X509Certificate(readFileSync(made[0]?.authority ?? ''));
  for (const { cert } of made) assert.ok(new X509Certificate(cert).verify(authority.publicKey));
  assert.deepEqual(readdirSync(choice.dataDir), ['tls']);
});

test('a certificate is made anew for another name and before it expires, under the same authority', async (context) => {
  const choice = choiceIn(context);
  const first = await openTls(choice);
  const named = await openTls({ ...choice, names: ['lazaret.example.org', '10.1.2.3'] });
  assert.notEqual(named.cert, first.cert);
  assert.ok(new X509Certificate(named.cert).checkHost('lazaret.example.org') !== undefined);
  const later = await openTls({ ...choice, now: choice.now + 390 * 86_400_000 });
  assert.notEqual(later.cert, named.cert);
  assert.ok(new X509Certificate(later.cert).verify(new X509Certificate(readFileSync(later.authority ?? '')).publicKey));
});

test('given files are taken as they are, both or none', async (context) => {
  const choice = choiceIn(context);
  const file = join(choice.dataDir, 'own.pem');
  writeFileSync(file, 'PEM');
  assert.deepEqual(await openTls({ ...choice, cert: file, key: file }), { cert: 'PEM', key: 'PEM', authority: undefined });
  await assert.rejects(openTls({ ...choice, cert: file }), { code: 'invalid-input' });
  await assert.rejects(openTls({ ...choice, cert: file, key: '/nowhere' }), { code: 'invalid-input', message: /nowhere/ });
});
