import { cellsOf, padCells, printable } from './text.ts';

/** Rows in aligned columns under their titles, one line a row. Every text is made printable. */
export function* grid(titles: readonly string[], rows: readonly (readonly string[])[]): Generator<string> {
  const lines = [titles, ...rows].map((row) => row.map(printable));
  const widths = titles.map((_, column) => lines.reduce((most, row) => Math.max(most, cellsOf(row[column] ?? '')), 0));
  for (const row of lines)
    yield `${widths
      .map((width, column) => padCells(row[column] ?? '', width))
      .join('  ')
      .trimEnd()}\n`;
}
