import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { longestLine, readLines } from './read-lines.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lazaret-lines-'));
});
after(() => rm(directory, { recursive: true }));

async function linesOf(text: string) {
  const path = join(directory, 'file');
  await writeFile(path, text);
  const lines: (string | undefined)[] = [];
  const numbers: number[] = [];
  const hash = createHash('sha256');
  await using file = await open(path);
  const onLine = (line: string | undefined, number: number) => {
    lines.push(line);
    numbers.push(number);
  };
  await readLines(file, { hash, onLine, signal: new AbortController().signal });
  assert.equal(hash.digest('hex'), createHash('sha256').update(text).digest('hex'));
  assert.deepEqual(
    numbers,
    Array.from(lines, (_, index) => index + 1),
  );
  return lines;
}

test('an empty file has no lines', async () => assert.deepEqual(await linesOf(''), []));
test('the last line needs no line feed', async () => assert.deepEqual(await linesOf('a\n\nb'), ['a', '', 'b']));
test('a file that ends with a line feed has no line after it', async () => assert.deepEqual(await linesOf('a\nb\n'), ['a', 'b']));

test('lines that straddle reads come whole', async () => {
  const expected = Array.from({ length: 30_000 }, (_, index) => `${index}${'.'.repeat(index % 97)}`);
  assert.deepEqual(await linesOf(`${expected.join('\n')}\n`), expected);
});

for (const length of [longestLine + 1, 300 * 1024, 1024 * 1024]) {
  test(`a line of ${length} bytes is passed over and those around it are not`, async () => {
    assert.deepEqual(await linesOf(`a\n${'x'.repeat(length)}\nb\n${'y'.repeat(length)}`), ['a', undefined, 'b', undefined]);
  });
}

test('a line of the greatest length is read', async () => {
  const line = 'x'.repeat(longestLine);
  assert.deepEqual(await linesOf(`${line}\n${line}`), [line, line]);
});

test('an aborted signal stops the reading', async () => {
  const path = join(directory, 'aborted');
  await writeFile(path, 'a\n');
  await using file = await open(path);
  await assert.rejects(readLines(file, { hash: createHash('sha256'), onLine: () => assert.fail('read on'), signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});
