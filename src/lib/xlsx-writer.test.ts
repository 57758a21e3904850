import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readXlsx, readZip, valuesOf } from '../../test/support/xlsx.ts';
import { type Cell, createXlsxWriter, type Workbook } from './xlsx-writer.ts';

async function bookOf(rows: readonly (readonly Cell[])[], over: Partial<Workbook> = {}): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const writer = await createXlsxWriter(async (bytes) => void pieces.push(bytes), { title: 'Sheet', headings: ['A', 'B'], total: rows.length, ...over });
  await writer.add(rows);
  await writer.close();
  return Buffer.concat(pieces);
}

test('headings, texts and numbers come back as they were, each under its column', async () => {
  const rows = [
    ['text', 1],
    ['', -1.5e300],
    ['  two\nlines\tand <&>"\' 你好 😀', 0],
  ] as const;
  const [sheet] = readXlsx(await bookOf(rows, { title: '木马病毒' }));
  assert.equal(sheet?.name, '木马病毒');
  assert.deepEqual(valuesOf(sheet), [['A', 'B'], ...rows]);
  assert.deepEqual(
    sheet?.rows[2]?.map((cell) => cell.place),
    ['A3', 'B3'],
  );
});

test('what looks like a formula, a number or a date stays text, also when it is edited', async () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', '12', '2025-01-01', '1e5'];
  const [sheet] = readXlsx(await bookOf(texts.map((text) => [text])));
  for (const [index, text] of texts.entries()) {
    const cell = sheet?.rows[index + 1]?.[0];
    assert.equal(cell?.value, text);
    // The style with quotePrefix.
    assert.equal(cell?.style, /^[=+\-@\t\r]/.test(text) ? 2 : 0, text);
  }
  const members = readZip(await bookOf([['=1']]));
  assert.doesNotMatch(String(members.get('xl/worksheets/sheet1.xml')), /<f[ >]/);
  assert.match(String(members.get('xl/styles.xml')), /quotePrefix="1"/);
});

test('characters that XML cannot hold are written so that they come back, broken ones are replaced', async () => {
  const texts = ['\u0000\u0007\u001f\r', '_x0041_', '_x_', '\ufffe\uffff', 'a\u{10ffff}b', ']]>'];
  const [sheet] = readXlsx(await bookOf([...texts, '\ud800'].map((text) => [text])));
  assert.deepEqual(
    valuesOf(sheet)
      .slice(1)
      .map(([text]) => text),
    [...texts, '\ufffd'],
  );
});

test('a text longer than a cell holds is cut, and what is no number is text', async () => {
  const [sheet] = readXlsx(await bookOf([['x'.repeat(40_000), Number.NaN]]));
  const [text = '', number] = valuesOf(sheet)[1] ?? [];
  assert.equal(String(text).length, 32_767);
  assert.ok(String(text).endsWith('x…'));
  assert.equal(number, 'NaN');
});

test('more rows than a sheet holds go on in the next one, under the same headings', async () => {
  const rows = Array.from({ length: 7 }, (_, index) => [`r${index}`, index]);
  const sheets = readXlsx(await bookOf(rows, { title: 'T', sheetRows: 3 }));
  assert.deepEqual(
    sheets.map(({ name }) => name),
    ['T', 'T 2', 'T 3'],
  );
  assert.deepEqual(
    sheets.flatMap((sheet) => valuesOf(sheet).slice(1)),
    rows,
  );
  for (const sheet of sheets) assert.deepEqual(valuesOf(sheet)[0], ['A', 'B']);
});

test('fewer rows than were told leave the file whole, and more are left out', async () => {
  assert.deepEqual(
    readXlsx(await bookOf([['a', 1]], { total: 8, sheetRows: 3 })).map((sheet) => valuesOf(sheet).length),
    [2, 1, 1],
  );
  assert.deepEqual(readXlsx(await bookOf([], { total: 0 })).map(valuesOf), [[['A', 'B']]]);
  const rows = Array.from({ length: 7 }, (_, index) => [index]);
  assert.deepEqual(
    readXlsx(await bookOf(rows, { total: 6, sheetRows: 3 })).map((sheet) => valuesOf(sheet).length),
    [4, 4],
  );
});

test('a name that a sheet cannot have becomes one', async () => {
  const nameOf = async (title: string): Promise<string | undefined> => readXlsx(await bookOf([], { title }))[0]?.name;
  assert.equal(await nameOf("a[b]:c*d?e/f\\g'"), 'a b  c d e f g');
  assert.equal(await nameOf('x'.repeat(50)), 'x'.repeat(31));
  assert.equal(await nameOf('[]'), 'Sheet');
});

test('columns beyond Z are named as programs name them', async () => {
  const [sheet] = readXlsx(await bookOf([Array.from({ length: 703 }, () => 1)]));
  const places = sheet?.rows[1]?.map((cell) => cell.place) ?? [];
  assert.deepEqual([places[25], places[26], places[701], places[702]], ['Z2', 'AA2', 'ZZ2', 'AAA2']);
});

test('what is kept in memory does not grow with the rows', async () => {
  let bytes = 0;
  let largest = 0;
  const writer = await createXlsxWriter(
    async (piece) => {
      bytes += piece.length;
      largest = Math.max(largest, piece.length);
    },
    { title: 'T', headings: ['A'], total: 200_000 },
  );
  const page = Array.from({ length: 1000 }, (_, index) => [`a row with a text of its own number ${index} and ${Math.sin(index)}`]);
  for (let pages = 0; pages < 200; pages++) await writer.add(page);
  await writer.close();
  assert.ok(bytes > 1_000_000, String(bytes));
  assert.ok(largest < 512 * 1024, String(largest));
});
