import type { ScanProgress } from '#scan/report.ts';
import type { Io } from './command.ts';
import { bytesText, pluralText, rateText } from './output/numbers.ts';
import { isCapable } from './settings.ts';

/** What a running scan shows on standard error. */
export interface ProgressBar {
  readonly update: (progress: ScanProgress) => void;
  /** Writes lines above the bar; the text ends with a newline. */
  readonly note: (text: string) => void;
  /** Removes the bar for good. */
  readonly end: () => void;
}

/** A bar on a terminal, redrawn at most ten times a second; elsewhere, or when not wanted, nothing but the notes. */
export function startProgress(io: Pick<Io, 'stderr' | 'isTerminal' | 'columns' | 'clock' | 'env'>, isWanted: boolean): ProgressBar {
  if (!isWanted || !io.isTerminal || !isCapable(io.env)) return { update: () => undefined, note: io.stderr, end: () => undefined };
  const bar = new TerminalBar(io);
  return { update: (progress) => bar.update(progress), note: (text) => bar.note(text), end: () => bar.end() };
}

/** One line of at most `columns` cells; what matters less is left out where there is no room. */
export function progressLine(progress: ScanProgress, elapsedMs: number, columns: number): string {
  const { layer, layers, bytes, totalBytes, files, unpackedBytes, findings } = progress;
  const done = totalBytes > 0 ? Math.min(1, bytes / totalBytes) : undefined;
  const rate = elapsedMs < 500 ? '' : rateText(unpackedBytes, elapsedMs);
  // In the order they are shown, with the order in which they give way: the highest first.
  const parts = [
    { text: done === undefined ? '' : `${String(Math.floor(done * 100)).padStart(3)}%`, rank: 1 },
    { text: layers === 0 ? '' : `layer ${Math.min(layer, layers)}/${layers}`, rank: 4 },
    { text: pluralText(files, 'file'), rank: 3 },
    { text: totalBytes > 0 ? `${bytesText(bytes)} of ${bytesText(totalBytes)}` : bytesText(unpackedBytes), rank: 5 },
    { text: pluralText(findings, 'finding'), rank: 2 },
    { text: rate, rank: 6 },
    { text: clockText(elapsedMs), rank: 0 },
  ].filter(({ text }) => text !== '');
  let shown = parts;
  while (shown.length > 1 && lineOf(shown).length > columns) {
    const least = Math.max(...shown.map(({ rank }) => rank));
    shown = shown.filter(({ rank }) => rank !== least);
  }
  const line = lineOf(shown).slice(0, Math.max(0, columns));
  const room = Math.min(widestBar, columns - line.length - 3);
  return done === undefined || room < narrowestBar ? line : `[${'#'.repeat(Math.floor(done * room)).padEnd(room, '-')}] ${line}`;
}

const redrawMs = 100;
const aliveMs = 1000;
const widestBar = 30;
const narrowestBar = 8;
const clearLine = '\r\u001b[K';

class TerminalBar {
  private readonly io: Pick<Io, 'stderr' | 'columns' | 'clock'>;
  private readonly startedAt: number;
  // So that the clock goes on while one large file is inspected.
  private readonly alive: NodeJS.Timeout;
  private latest: ScanProgress | undefined;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private isDrawn = false;
  private hasEnded = false;

  constructor(io: Pick<Io, 'stderr' | 'columns' | 'clock'>) {
    this.io = io;
    this.startedAt = io.clock();
    this.alive = setInterval(() => this.draw(), aliveMs);
    this.alive.unref();
  }

  update(progress: ScanProgress): void {
    this.latest = progress;
    if (this.io.clock() - this.drawnAt >= redrawMs) this.draw();
  }

  note(text: string): void {
    this.clear();
    this.io.stderr(text);
    if (this.latest !== undefined) this.draw();
  }

  end(): void {
    this.hasEnded = true;
    clearInterval(this.alive);
    this.clear();
  }

  private draw(): void {
    if (this.latest === undefined || this.hasEnded) return;
    this.drawnAt = this.io.clock();
    this.isDrawn = true;
    // One cell less than the width: a full line would make some terminals begin another.
    this.io.stderr(clearLine + progressLine(this.latest, this.drawnAt - this.startedAt, this.io.columns - 1));
  }

  private clear(): void {
    if (this.isDrawn) this.io.stderr(clearLine);
    this.isDrawn = false;
  }
}

function lineOf(parts: readonly { readonly text: string }[]): string {
  return parts.map(({ text }) => text).join('  ');
}

function clockText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return seconds < 3600
    ? `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
    : `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
}
