import assert from 'node:assert/strict';
import { test } from 'node:test';
import { device, directory, fifo, file, gnuSparse, hardlink, layerTar, symlink, type TarEntry, whiteout } from '../../test/support/tar-entries.ts';
import { openAll } from './contract.ts';
import { bytesSource, type OpenLimits } from './format.ts';
import { recognise } from './index.ts';
import { tar } from './tar-archive.ts';

async function open(bytes: Buffer, more: { readonly limits?: Partial<OpenLimits>; readonly most?: number } = {}) {
  assert.equal(recognise(bytesSource(bytes)), tar);
  const { files, skipped } = await openAll(tar, bytesSource(bytes), more);
  return { files: files.map(({ path, size }) => `${path} ${size}`), skipped };
}

const opened = (entries: readonly TarEntry[], more: { readonly limits?: Partial<OpenLimits>; readonly most?: number } = {}) => open(layerTar(entries), more);

test('files are given; what has no bytes of its own is passed over', async () => {
  const long = 'n'.repeat(150);
  const entries = [
    directory('d'),
    file('d/a', 'a'),
    symlink('soft', 'd/a'),
    hardlink('hard', 'd/a'),
    device('null'),
    fifo('pipe'),
    whiteout('d/gone'),
    file(long, 'pax'),
    file(`g${long}`, 'gnu', { longNames: 'gnu' }),
    file('../../up', 'up'),
    file('/abs', 'abs'),
    gnuSparse('sparse', 10_000, [{ offset: 5000, data: Buffer.from('data') }]),
  ];
  assert.deepEqual(await opened(entries), { files: ['d/a 1', 'd/.wh.gone 0', `${long} 3`, `g${long} 3`, 'up 2', 'abs 3', 'sparse 10000'], skipped: [] });
});

test('tars that follow each other, with or without an end between them, are one', async () => {
  const [first, second] = [layerTar([file('a', '1')]), layerTar([file('b', '2')])];
  for (const between of [first, first.subarray(0, -1024), Buffer.concat([first, Buffer.alloc(9216)])])
    assert.deepEqual(await open(Buffer.concat([between, second])), { files: ['a 1', 'b 1'], skipped: [] });
});

test('what is no tar after the end is told', async () => {
  const { files, skipped } = await open(Buffer.concat([layerTar([file('a', '1')]), Buffer.from('something else '.repeat(50))]));
  assert.deepEqual(files, ['a 1']);
  assert.match(skipped.join(), /bytes after the end of the tar were not looked at/);
});

test('sizes that cannot be end the reading', async () => {
  for (const size of ['80000000400000000000000000', 'ffffffffffffffffffffffffff']) {
    const patch = (header: Buffer): void => void Buffer.from(size, 'hex').copy(header, 124, 0, 12);
    const { files, skipped } = await opened([file('a', '1'), file('b', '2', { patch })]);
    assert.deepEqual(files, ['a 1']);
    assert.match(skipped.join(), /damaged/);
  }
  const { files, skipped } = await opened([file('a', '1'), file('huge', '', { claimedSize: 2 ** 40 })]);
  assert.deepEqual(files.slice(0, 1), ['a 1']);
  assert.match(skipped.join(), /cut off/);
});

test('a hole without end costs no more than the archive may unpack to, also when nobody wants it', async () => {
  const bomb = [gnuSparse('hole', 2 ** 42, [{ offset: 2 ** 41, data: Buffer.from('x') }]), file('after', 'a')];
  const since = performance.now();
  const taken = await opened(bomb, { limits: { bytes: 50_000_000 } });
  assert.match(taken.skipped.join(), /hole: the archive unpacks to more than 50000000 bytes/);
  const left = await opened(bomb, { limits: { bytes: 50_000_000 }, most: 1 });
  assert.match(left.skipped.join(), /the archive unpacks to more than 50000000 bytes/);
  assert.ok(performance.now() - since < 5000);
});

test('headers that speak of no member end with the time', async () => {
  const pax = layerTar([file('x', 'x', { pax: { comment: 'c'.repeat(900) } })]).subarray(0, 1536);
  const flood = Buffer.concat([layerTar([file('a', 'a')]).subarray(0, 1024), ...Array.from({ length: 20_000 }, () => pax)]);
  let asked = 0;
  const isLate = (): boolean => {
    asked += 1;
    return asked > 30;
  };
  assert.match((await open(flood, { limits: { isLate } })).skipped.join(), /took too long/);
});
