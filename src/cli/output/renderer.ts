import type { ScanReport } from '#scan/report.ts';

/** How a report is looked at. */
export interface View {
  /** Width in cells; Infinity when the output is no terminal, so that nothing is broken or cut. */
  readonly columns: number;
  readonly hasColour: boolean;
  /** Version of Lazaret. */
  readonly version: string;
}

/** Makes text of a report, in pieces, so that a report of any size needs no text of that size in memory. */
export type Renderer = (report: ScanReport, view: View) => Iterable<string>;

/** Joins small pieces, so that not every finding costs a write. */
export function* inLargePieces(pieces: Iterable<string>): Generator<string> {
  let held = '';
  for (const piece of pieces) {
    held += piece;
    if (held.length < pieceLength) continue;
    yield held;
    held = '';
  }
  if (held !== '') yield held;
}

const pieceLength = 64 * 1024;
