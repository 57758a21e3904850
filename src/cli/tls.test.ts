import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepTlsFresh, openTls, type TlsChoice } from './tls.ts';

const dayMs = 86_400_000;

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
  const later = await openTls({ ...choice, now: choice.now + 390 * dayMs });
  assert.notEqual(later.cert, named.cert);
  assert.ok(new X509Certificate(later.cert).verify(new X509Certificate(readFileSync(later.authority ?? '')).publicKey));
});

test('given files are taken as they are, both or none, and only when they fit', async (context) => {
  const choice = choiceIn(context);
  const { cert: own } = await openTls(choice);
  const file = join(choice.dataDir, 'own.pem');
  const other = join(choice.dataDir, 'other.pem');
  writeFileSync(file, own);
  writeFileSync(other, 'PEM');
  assert.deepEqual(await openTls({ ...choice, cert: file, key: file }), { cert: own, key: own, authority: undefined });
  await assert.rejects(openTls({ ...choice, cert: file }), { code: 'invalid-input' });
  await assert.rejects(openTls({ ...choice, cert: file, key: '/nowhere' }), { code: 'invalid-input', message: /nowhere/ });
  await assert.rejects(openTls({ ...choice, cert: file, key: other }), { code: 'invalid-input', message: /other\.pem/ });
  await assert.rejects(openTls({ ...choice, cert: file, key: join(choice.dataDir, 'tls', 'ca-key.pem') }), { code: 'invalid-input', message: /ca-key/ });
});

test('what no certificate can be for is refused as a name', async (context) => {
  const choice = choiceIn(context);
  for (const name of ['', 'a b', 'a,DNS:b', '*.example.org', 'http://x', 'x:8443', '1.2.3', 'fe80::1%eth0', `${'x'.repeat(64)}.org`, 'a..b', '中.example'])
    await assert.rejects(openTls({ ...choice, names: [name] }), { code: 'invalid-input', message: /no name or address/ }, name);
  const { cert } = await openTls({ ...choice, names: ['a_b.example', 'fe80::1', 'X.Example.org'] });
  assert.equal((await openTls({ ...choice, names: ['a_b.example', 'fe80::1', 'X.Example.org'] })).cert, cert);
});

test('a certificate of another authority is made anew; without the authority’s key nothing can be made', async (context) => {
  const choice = choiceIn(context);
  const other = choiceIn(context);
  const [first, foreign] = [await openTls(choice), await openTls(other)];
  writeFileSync(join(choice.dataDir, 'tls', 'server.pem'), foreign.cert);
  const again = await openTls(choice);
  assert.ok(again.cert !== foreign.cert && again.cert !== first.cert);
  assert.ok(new X509Certificate(again.cert).verify(new X509Certificate(readFileSync(first.authority ?? '')).publicKey));
  rmSync(join(choice.dataDir, 'tls', 'ca-key.pem'));
  assert.deepEqual(await openTls(choice), again);
  await assert.rejects(openTls({ ...choice, names: ['more.example.org'] }), { code: 'unreachable', message: /ca-key\.pem/ });
  await assert.rejects(openTls({ ...choice, now: choice.now + 3630 * dayMs }), { code: 'invalid-input', message: /expires on/ });
});

test('a server that runs on uses the next certificate, and keeps its own when the next is no good', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const choice = choiceIn(context);
  const files = await openTls(choice);
  const own = join(choice.dataDir, 'own.pem');
  writeFileSync(own, files.cert);
  const ending = new AbortController();
  const applied: string[] = [];
  const errors: unknown[] = [];
  const tell = { apply: (next: { readonly cert: string }) => applied.push(next.cert), onError: (error: unknown) => errors.push(error) };
  let now = choice.now;
  keepTlsFresh({ choice, files, clock: () => now }, tell, ending.signal);
  keepTlsFresh({ choice: { ...choice, cert: own, key: own }, files, clock: () => now }, tell, ending.signal);
  const turn = async (told = 0): Promise<void> => {
    context.mock.timers.tick(12 * 3600_000);
    // Making a certificate takes a moment of the real clock.
    for (let waits = 0; waits === 0 || (waits < 50 && applied.length + errors.length < told); waits++) await new Promise((resolve) => setTimeout(resolve, 200));
  };
  await turn();
  assert.deepEqual([applied, errors], [[], []]);
  now += 380 * dayMs;
  writeFileSync(own, 'half written');
  await turn(2);
  assert.deepEqual([applied.length, errors.length], [1, 1]);
  assert.notEqual(applied[0], files.cert);
  ending.abort();
  now += 380 * dayMs;
  await turn();
  assert.equal(applied.length, 1);
});
