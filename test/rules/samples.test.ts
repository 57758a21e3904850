import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elf, noise } from '../support/samples/elf.ts';
import { eicar, ruleSamples } from '../support/samples.ts';
import { compileWholePack, requireNative, ruleFiles, writtenRules } from './pack.ts';

const rules = ruleFiles.flatMap((file) => writtenRules(file));

test('every rule has one pair of samples and every pair a rule', () => {
  assert.deepEqual(ruleSamples.map(({ rule }) => rule).toSorted(), rules.map(({ id }) => id).toSorted());
});

test('every sample meets its rule and every near miss meets none', (context) => {
  if (!requireNative(context)) return;
  const pack = compileWholePack();
  const identifiers = (bytes: Buffer) => pack.scan(bytes).map(({ ruleIdentifier }) => ruleIdentifier);
  const missed = ruleSamples.filter(({ rule, positive }) => !identifiers(positive()).includes(rule)).map(({ rule }) => rule);
  const loud = ruleSamples.flatMap(({ rule, nearMiss }) => identifiers(nearMiss()).map((found) => `near miss of ${rule} meets ${found}`));
  assert.deepEqual([...missed, ...loud], []);
});

test('a sample is the same on every call', () => {
  for (const { rule, positive, nearMiss } of ruleSamples) {
    assert.deepEqual(positive(), positive(), rule);
    assert.deepEqual(nearMiss(), nearMiss(), rule);
    assert.notDeepEqual(positive(), nearMiss(), rule);
  }
});

test('the test file of EICAR is found with white space after it, and only at the start of at most 128 bytes', (context) => {
  if (!requireNative(context)) return;
  const pack = compileWholePack();
  const isFound = (bytes: Buffer) => pack.scan(bytes).length > 0;
  assert.equal(eicar().length, 68);
  for (const tail of ['', '\n', '\r\n', '  \t\n', '\x1a', ' '.repeat(60)])
    assert.ok(isFound(Buffer.concat([eicar(), Buffer.from(tail)])), JSON.stringify(tail));
  for (const tail of ['x', '\nand more', ' '.repeat(61)]) assert.ok(!isFound(Buffer.concat([eicar(), Buffer.from(tail)])), JSON.stringify(tail));
  assert.ok(!isFound(Buffer.concat([Buffer.from(' '), eicar()])));
  assert.ok(!isFound(eicar().subarray(0, 67)));
});

test('names of rules follow from their names, and none stands twice', () => {
  const names = rules.map(({ meta }) => meta['name'] ?? '');
  assert.equal(new Set(names).size, names.length);
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  for (const { id, meta } of rules) assert.equal(id, meta['name']?.replaceAll('.', '_'));
});

test('broken and hostile ELF files are scanned without an error', (context) => {
  if (!requireNative(context)) return;
  const pack = compileWholePack();
  const whole = elf({ type: 3, symbols: [{ name: 'readdir', defined: true }], segments: [7], bytes: noise(5000) });
  for (let length = 0; length < whole.length; length += 7) pack.scan(whole.subarray(0, length));
  for (let at = 16; at < 64; at++) {
    const bent = Buffer.from(whole);
    bent.fill(0xff, at, at + 8);
    pack.scan(bent);
  }
  assert.ok(pack.scan(whole).every(({ ruleIdentifier }) => ruleIdentifier !== ''));
});

test('text made to meet the beginnings of many patterns is scanned in a bounded time', (context) => {
  if (!requireNative(context)) return;
  const pack = compileWholePack();
  const largestScript = 512 * 1024 - 1;
  for (const word of ['wget ', 'curl ', 'set ', 'grep ', 'masscan ', "$_POST['x'],", 'eval($_GET[', '\0readdir']) {
    const started = performance.now();
    pack.scan(Buffer.alloc(largestScript, word));
    // Measured: 1.4 s at most on two cores; an engine gives up after 10 s.
    assert.ok(performance.now() - started < 8000, word);
  }
});
