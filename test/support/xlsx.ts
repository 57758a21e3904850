import assert from 'node:assert/strict';
import { crc32, inflateRawSync } from 'node:zlib';

/** The members of a zip file by name, read by its directory; every length and checksum is compared. */
export function readZip(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from('504b0506', 'hex'));
  assert.ok(end >= 0, 'no end of a directory');
  const members = new Map<string, Buffer>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    assert.equal(bytes.readUInt32LE(at), 0x02014b50);
    const [crc, packed, size, nameLength, start] = [16, 20, 24, 28, 42].map((offset) =>
      offset === 28 ? bytes.readUInt16LE(at + offset) : bytes.readUInt32LE(at + offset),
    ) as [number, number, number, number, number];
    const name = bytes.toString('latin1', at + 46, at + 46 + nameLength);
    assert.equal(bytes.readUInt32LE(start), 0x04034b50);
    assert.equal(bytes.toString('latin1', start + 30, start + 30 + bytes.readUInt16LE(start + 26)), name);
    const body = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const content = inflateRawSync(bytes.subarray(body, body + packed));
    assert.deepEqual([content.length, crc32(content)], [size, crc], name);
    // The sizes and the checksum that follow the bytes say the same.
    assert.deepEqual(
      [0, 4, 8, 12].map((offset) => bytes.readUInt32LE(body + packed + offset)),
      [0x08074b50, crc, packed, size],
      name,
    );
    members.set(name, content);
    at += 46 + nameLength;
  }
  assert.equal(at, end, 'something lies between directory and end');
  return members;
}

/** A cell as it stands: its type, its style and what it holds. */
export interface ReadCell {
  readonly place: string;
  readonly style: number;
  readonly value: string | number;
}

export interface ReadSheet {
  readonly name: string;
  readonly rows: readonly (readonly ReadCell[])[];
}

/** The sheets of a workbook, found as programs find them: from the package's relations to the workbook, and from its relations to the sheets. */
export function readXlsx(bytes: Buffer): readonly ReadSheet[] {
  const members = readZip(bytes);
  const text = (name: string): string => {
    const member = members.get(name);
    assert.ok(member, `no ${name} in ${[...members.keys()].join(', ')}`);
    return member.toString();
  };
  for (const [, part = ''] of text('[Content_Types].xml').matchAll(/PartName="\/([^"]+)"/g)) text(part);
  assert.match(text('_rels/.rels'), /Target="xl\/workbook.xml"/);
  const relations = new Map(
    [...text('xl/_rels/workbook.xml.rels').matchAll(/Id="(\w+)"[^>]*Target="([^"]+)"/g)].map(([, id = '', target = '']) => [id, target]),
  );
  text('xl/styles.xml');
  return [...text('xl/workbook.xml').matchAll(/<sheet name="([^"]*)" sheetId="\d+" r:id="(\w+)"\/>/g)].map(([, name = '', id = '']) => ({
    name: unescape(name),
    rows: readRows(text(`xl/${relations.get(id)}`)),
  }));
}

/** What the cells hold. */
export function valuesOf(sheet: ReadSheet | undefined): readonly (readonly (string | number)[])[] {
  return sheet?.rows.map((row) => row.map((cell) => cell.value)) ?? [];
}

function readRows(xml: string): ReadSheet['rows'] {
  assert.ok(xml.startsWith('<?xml'));
  // oxlint-disable-next-line no-control-regex -- XML has none of these
  assert.doesNotMatch(xml, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  return [...xml.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, number, cells = ''], index) => {
    assert.equal(Number(number), index + 1);
    return [...cells.matchAll(/<c r="(\w+)"( t="inlineStr")?(?: s="(\d)")?>(?:<v>([^<]*)<\/v>|<is><t xml:space="preserve">([^<]*)<\/t><\/is>)<\/c>/g)].map(
      ([, place = '', inline, style = '0', amount, words = '']) => ({
        place,
        style: Number(style),
        value: inline === undefined ? Number(amount) : unescape(words),
      }),
    );
  });
}

function unescape(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/_x([0-9A-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
