import { createZipWriter, type Sink } from './zip-writer.ts';

/** What a cell holds. Text is always text: nothing in it is ever taken for a formula, a date or a number. */
export type Cell = string | number;

export interface Workbook {
  /** Name of the sheet; what such a name cannot hold is left out. */
  readonly title: string;
  readonly headings: readonly string[];
  /** How many rows will come; what a sheet cannot hold goes on in a further one. */
  readonly total: number;
  /** Rows of one sheet, at most; by default what spreadsheet programs can hold. */
  readonly sheetRows?: number;
}

export interface XlsxWriter {
  /** Adds rows. Those beyond `total` are left out. */
  add(rows: readonly (readonly Cell[])[]): Promise<void>;
  /** Writes the rest of the file. */
  close(): Promise<void>;
}

/** Rows that spreadsheet programs can hold, less the headings. */
const mostRows = 1_048_575;
/** Characters that they can hold in a cell. */
const mostCharacters = 32_767;
/** Bytes packed at a time. */
const pieceBytes = 256 * 1024;
const styles = { plain: 0, heading: 1, quoted: 2 } as const;

/**
 * Begins an Office Open XML workbook (ECMA-376) with one table, written row by row: what is kept in memory does not grow with the rows. Texts are inline, so that no
 * table of all texts is needed.
 */
export async function createXlsxWriter(sink: Sink, workbook: Workbook): Promise<XlsxWriter> {
  const zip = createZipWriter(sink);
  const sheetRows = workbook.sheetRows ?? mostRows;
  const sheets = Math.max(1, Math.ceil(workbook.total / sheetRows));
  for (const [name, text] of parts(workbook, sheets)) {
    await zip.begin(name);
    await zip.write(Buffer.from(text));
    await zip.end();
  }
  let sheet = 0;
  let row = 0;
  let waiting = '';
  const flush = async (): Promise<void> => {
    if (waiting === '') return;
    await zip.write(Buffer.from(waiting));
    waiting = '';
  };
  const openSheet = async (): Promise<void> => {
    sheet += 1;
    row = 1;
    await zip.begin(`xl/worksheets/sheet${sheet}.xml`);
    waiting = sheetHead(workbook.headings.length) + rowOf(row, workbook.headings, styles.heading);
  };
  const closeSheet = async (): Promise<void> => {
    waiting += '</sheetData></worksheet>';
    await flush();
    await zip.end();
  };
  await openSheet();
  return {
    async add(rows) {
      for (const cells of rows) {
        if (row > sheetRows) {
          if (sheet === sheets) return;
          await closeSheet();
          await openSheet();
        }
        row += 1;
        waiting += rowOf(row, cells, styles.plain);
        if (waiting.length >= pieceBytes) await flush();
      }
    },
    async close() {
      await closeSheet();
      // A workbook names its sheets at its beginning; rows that did not come leave the last ones with headings alone.
      for (let left = sheets - sheet; left > 0; left -= 1) {
        await openSheet();
        await closeSheet();
      }
      await zip.close();
    },
  };
}

function rowOf(number: number, cells: readonly Cell[], style: number): string {
  return `<row r="${number}">${cells.map((cell, index) => cellOf(`${columnName(index)}${number}`, cell, style)).join('')}</row>`;
}

function cellOf(place: string, cell: Cell, style: number): string {
  if (typeof cell === 'number' && Number.isFinite(cell)) return `<c r="${place}"><v>${cell}</v></c>`;
  const text = String(cell);
  // With the mark of a quoted text it stays one also when it is edited, or saved in a form that has no types.
  const marked = style === styles.plain && /^[=+\-@\t\r]/.test(text) ? styles.quoted : style;
  return `<c r="${place}" t="inlineStr"${marked === 0 ? '' : ` s="${marked}"`}><is><t xml:space="preserve">${escapeText(text)}</t></is></c>`;
}

/** `A` to `Z`, `AA` and so on. */
function columnName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26);
}

// Characters that XML cannot hold are written as the standard has it (ST_Xstring), and so is text that looks like one written so.
function escapeText(text: string): string {
  const whole = text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1)}…`;
  return whole
    .toWellFormed()
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[^\t\n\u0020-\uFFFD]/gu, (character) =>
      character.length > 1 ? character : `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    );
}

function sheetHead(columns: number): string {
  return `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="${Math.max(1, columns)}" width="24" customWidth="1"/></cols><sheetData>`;
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const packageTypes = 'http://schemas.openxmlformats.org/package/2006';
const officeTypes = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const contentTypes = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** All but the sheets, in the order in which readers look for them. */
function parts({ title }: Workbook, sheets: number): readonly (readonly [name: string, text: string])[] {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
  const overrides = numbers.map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${contentTypes}.worksheet+xml"/>`).join('');
  const names = numbers.map((n) => `<sheet name="${escapeText(sheetName(title, n))}" sheetId="${n}" r:id="rId${n}"/>`).join('');
  const relations = numbers.map((n) => `<Relationship Id="rId${n}" Type="${officeTypes}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join('');
  return [
    [
      '[Content_Types].xml',
      `${xml}<Types xmlns="${packageTypes}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${contentTypes}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${contentTypes}.styles+xml"/>${overrides}</Types>`,
    ],
    [
      '_rels/.rels',
      `${xml}<Relationships xmlns="${packageTypes}/relationships"><Relationship Id="rId1" Type="${officeTypes}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    ['xl/workbook.xml', `${xml}<workbook xmlns="${main}" xmlns:r="${officeTypes}"><bookViews><workbookView/></bookViews><sheets>${names}</sheets></workbook>`],
    [
      'xl/_rels/workbook.xml.rels',
      `${xml}<Relationships xmlns="${packageTypes}/relationships">${relations}<Relationship Id="rId${sheets + 1}" Type="${officeTypes}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', stylesPart],
  ];
}

// A sheet's name has at most 31 characters, and not these.
function sheetName(title: string, number: number): string {
  const suffix = number === 1 ? '' : ` ${number}`;
  const clean = title
    .replace(/[[\]:*?/\\\p{Cc}]/gu, ' ')
    .trim()
    .replace(/^'+|'+$/g, '');
  return `${clean.slice(0, 31 - suffix.length).trim() || 'Sheet'}${suffix}`;
}

// Cell formats in the order of `styles`: plain, bold, and text that is to stay text.
const stylesPart = `${xml}<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
