import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directory, file, hardlink, layerTar, type TarEntry } from '../../test/support/images.ts';
import { isZeroBlock, paddedSize, parsePaxRecords, parsePaxSize, parseTarHeader } from './tar-header.ts';

test('a header is read in full', () => {
  const header = parse(file('usr/bin/tool', 'abc', { mode: 0o4755, uid: 12, gid: 34, mtime: 1_600_000_000 }));
  assert.deepEqual(header, {
    name: 'usr/bin/tool',
    size: 3,
    statedSize: 3,
    type: '0',
    linkname: '',
    mode: 0o4755,
    uid: 12,
    gid: 34,
    mtime: 1_600_000_000,
    devmajor: 0,
    devminor: 0,
    dialect: 'ustar',
  });
});

test('links and directories have no data, whatever size they claim', () => {
  assert.equal(parse({ ...hardlink('a', 'b'), claimedSize: 4096 })?.size, 0);
  assert.equal(parse({ ...hardlink('a', 'b'), claimedSize: 4096 })?.statedSize, 4096);
  assert.equal(parse(directory('d/', { claimedSize: 512 }))?.size, 0);
});

test('a size in base-256 is understood', () => {
  assert.equal(parse(file('big', '', { claimedSize: 2 ** 40 }))?.size, 2 ** 40);
});

test('a negative or unsafe size is no header', () => {
  assert.equal(parse(file('a', '', { claimedSize: -1 })), undefined);
  assert.equal(parse(file('a', '', { claimedSize: -512 })), undefined);
  assert.equal(parse(file('a', '', { patch: (header) => header.fill(0xff, 125, 136).fill(0x80, 124, 125) })), undefined);
  assert.equal(parse(file('a', '', { patch: (header) => header.write('99999999999\0', 124, 'latin1') })), undefined);
});

test('a negative time in base-256 is a time before 1970', () => {
  assert.equal(parse(file('a', '', { mtime: -5 }))?.mtime, -5);
});

test('a wrong checksum is no header', () => {
  const block = layerTar([file('a', 'x')]).subarray(0, 512);
  assert.notEqual(parseTarHeader(block), undefined);
  block[0] = 0x62;
  assert.equal(parseTarHeader(block), undefined);
  assert.equal(parseTarHeader(Buffer.alloc(512)), undefined);
  assert.equal(parseTarHeader(Buffer.alloc(100)), undefined);
});

test('the ustar prefix belongs to the name, and only in ustar', () => {
  const patch = (header: Buffer) => header.write('some/folder', 345, 'latin1');
  assert.equal(parse(file('name', '', { patch: (header) => void patch(header) }))?.name, 'some/folder/name');
  const gnu = (header: Buffer) => void (patch(header), header.write('ustar  \0', 257, 'latin1'));
  assert.equal(parse(file('name', '', { patch: gnu }))?.name, 'name');
});

test('a name of 100 bytes and bytes that are not UTF-8 survive', () => {
  const name = Buffer.alloc(100, 0xe4);
  assert.equal(parse(file(name))?.name, name.toString('latin1'));
});

test('PAX records are read by their length, also with line ends inside', () => {
  const records = parsePaxRecords(Buffer.from('15 path=a\nb=c\n\n11 size=12\n'));
  assert.deepEqual(
    [...(records ?? [])],
    [
      ['path', 'a\nb=c\n'],
      ['size', '12'],
    ],
  );
});

test('PAX records of a wrong length are refused', () => {
  for (const text of ['99 path=a\n', '3 path=a\n', 'x path=a\n', '-9 path=a\n', '10 path=ab', '8 noequal\n', '0 a=b\n', '4294967296 a=b\n', ' 9 a=b\n']) {
    assert.equal(parsePaxRecords(Buffer.from(text)), undefined, text);
  }
  assert.deepEqual([...(parsePaxRecords(Buffer.alloc(0)) ?? [])], []);
});

test('PAX sizes are whole numbers only', () => {
  assert.equal(parsePaxSize('4096'), 4096);
  for (const text of ['', '-1', '1e9', '9999999999999999', '12345678901234567890', '0x10', '1.5']) assert.equal(parsePaxSize(text), undefined, text);
});

test('zero blocks and padding', () => {
  const two = Buffer.alloc(1024);
  two[600] = 1;
  assert.equal(isZeroBlock(two), true);
  assert.equal(isZeroBlock(two, 512), false);
  assert.deepEqual([0, 1, 512, 513].map(paddedSize), [0, 512, 512, 1024]);
});

function parse(entry: TarEntry) {
  return parseTarHeader(layerTar([entry]));
}
