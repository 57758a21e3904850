import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatOf, parseLine } from './list-format.ts';

const md5 = '0123456789abcdef0123456789abcdef';
const sha1 = `${md5}01234567`;
const sha256 = `${md5}${md5}`;
const hdb = formatOf('.hdb')!;
const plain = formatOf('.txt')!;
const allowed = formatOf('.fp')!;

const linesOfClamav: [string, object][] = [
  [`${md5}:68:Win.Test.One`, { hash: md5, size: 68, name: 'Win.Test.One', severity: 'high' }],
  [`${sha1}:*:Win.Test.Two:73`, { hash: sha1, size: undefined, name: 'Win.Test.Two', severity: 'high' }],
  [`${sha256.toUpperCase()}:0:Win.Test.Three:73:99\r`, { hash: sha256, size: 0, name: 'Win.Test.Three', severity: 'high' }],
];
for (const [line, entry] of linesOfClamav) test(`a ClamAV list may have ${JSON.stringify(line)}`, () => assert.deepEqual(parseLine(line, hdb), entry));

const linesOfPlain: [string, object][] = [
  [md5, { hash: md5, size: undefined, name: '', severity: 'high' }],
  [`  ${sha1.toUpperCase()}\t\r`, { hash: sha1, size: undefined, name: '', severity: 'high' }],
  [`${sha256};Miner of 2019; seen twice`, { hash: sha256, size: undefined, name: 'Miner of 2019; seen twice', severity: 'high' }],
  [`${sha256} ; 45 ; Adware`, { hash: sha256, size: undefined, name: 'Adware', severity: 'low' }],
  [`${sha256};95;Worm`, { hash: sha256, size: undefined, name: 'Worm', severity: 'critical' }],
  [`${sha256};95`, { hash: sha256, size: undefined, name: '', severity: 'critical' }],
  [`${sha256};95;`, { hash: sha256, size: undefined, name: '', severity: 'critical' }],
  [`${sha256};2019`, { hash: sha256, size: undefined, name: '2019', severity: 'high' }],
  [`${sha256};a\u001b[31mb\u202ec`, { hash: sha256, size: undefined, name: 'a [31mb c', severity: 'high' }],
  [`\ufeff${md5}`, { hash: md5, size: undefined, name: '', severity: 'high' }],
];
for (const [line, entry] of linesOfPlain) test(`a plain list may have ${JSON.stringify(line)}`, () => assert.deepEqual(parseLine(line, plain), entry));

for (const line of ['', '   ', '\r', '# comment', '  # comment', '\t']) {
  test(`${JSON.stringify(line)} lists nothing and is no problem`, () => {
    assert.equal(parseLine(line, plain), undefined);
    assert.equal(parseLine(line, hdb), undefined);
  });
}

const badLines: [string, typeof hdb, RegExp][] = [
  [`${md5}:68`, hdb, /expected HASH:SIZE:NAME/],
  [`${md5}:1:N:1:2:3`, hdb, /expected HASH:SIZE:NAME/],
  [`${md5}:-1:N`, hdb, /'-1' is not a size/],
  [`${md5}:1e3:N`, hdb, /'1e3' is not a size/],
  [`${md5}::N`, hdb, /'' is not a size/],
  [`${md5}:999999999999999:N`, hdb, /is not a size/],
  [`${md5.slice(1)}:1:N`, hdb, /is not an MD5/],
  [`${md5.slice(1)}g:1:N`, hdb, /is not an MD5/],
  [`${md5}00`, plain, /is not an MD5/],
  [`${md5} file.bin`, plain, /is not an MD5/],
  [`;${md5}`, plain, /is not an MD5/],
  [`${md5};101;Too much`, plain, /score 101 is not between 0 and 100/],
  ['x'.repeat(3000), plain, /^'x{80}…' is not an MD5/],
  [`${md5};${'n'.repeat(1025)}`, plain, /more than 1024 bytes/],
  ['d41d8cd98f00b204e9800998ecf8427e', plain, /hash of an empty file/],
  ['E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855:*:N', hdb, /hash of an empty file/],
];
for (const [line, format, message] of badLines) {
  test(`${JSON.stringify(line.slice(0, 60))} is a problem: ${message.source}`, () => {
    const parsed = parseLine(line, format);
    assert.match(typeof parsed === 'string' ? parsed : 'no problem', message);
  });
}

test('an empty file may be known good', () => {
  assert.equal((parseLine('d41d8cd98f00b204e9800998ecf8427e:0:empty', allowed) as { size: number }).size, 0);
});

test('the extension chooses the format, whatever its case', () => {
  assert.deepEqual(formatOf('.HDB'), { syntax: 'clamav', allows: false });
  assert.deepEqual(formatOf('.hsb'), { syntax: 'clamav', allows: false });
  assert.deepEqual(formatOf('.sfp'), { syntax: 'clamav', allows: true });
  assert.deepEqual(formatOf('.csv'), { syntax: 'plain', allows: false });
  assert.deepEqual(formatOf(''), { syntax: 'plain', allows: false });
  assert.equal(formatOf('.ndb'), undefined);
  assert.equal(formatOf('.yar'), undefined);
});

test('no line throws', () => {
  const piece = fc.constantFrom(md5, sha1, sha256, ':', ';', '*', '#', '0', '99', ' ', '\u0000', '\ud800', 'name');
  fc.assert(
    fc.property(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.constantFrom(hdb, plain, allowed),
      (line, format) => {
        const parsed = parseLine(line, format);
        if (typeof parsed === 'object') assert.match(parsed.hash, /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/);
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});
