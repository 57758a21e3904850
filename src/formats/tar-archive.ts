import { LazaretError } from '#domain/error.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import { parseTarHeader } from '#lib/tar-header.ts';
import { type ByteSource, type Format, type Found, headBytes, type OpenLimits, piecesOf, Room, smallBytes } from './format.ts';
import { TarReader, type TarSink } from './tar.ts';
import { bounded } from './unpack.ts';

/** A tar that is a file, not a layer. */
export const tar: Format = { name: 'tar', recognise: (head) => isTar(head), open: openTar };

// The first block of every kind of tar has a sum; those from before POSIX have nothing else. Most contents have other bytes than digits where the numbers stand.
function isTar(head: Buffer): boolean {
  return head.length >= headBytes && head[0] !== 0 && isOctal(head[124]) && isOctal(head[153]) && parseTarHeader(head) !== undefined;
}

function isOctal(byte: number | undefined): boolean {
  return byte === 0 || byte === 0x20 || (byte !== undefined && (byte & 0xf8) === 0x30) || byte === 0x80;
}

type Event =
  | { readonly kind: 'whole'; readonly entry: FileEntry; readonly bytes: Buffer }
  | { readonly kind: 'start'; readonly entry: FileEntry }
  | { readonly kind: 'part'; readonly bytes: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'problem'; readonly path: string; readonly reason: string };

/** Turns what the reader pushes into events that can be taken one after the other. */
class TarEvents implements TarSink {
  private readonly limits: OpenLimits;
  readonly queue: Event[] = [];
  private current: { readonly entry: FileEntry; readonly parts: Buffer[] } | undefined;
  private entries = 0;
  isOver = false;

  constructor(limits: OpenLimits) {
    this.limits = limits;
  }

  member(entry: FileEntry): boolean {
    this.entries += 1;
    this.isOver ||= this.entries > this.limits.entries;
    if (this.isOver || entry.kind !== 'file') return false;
    this.current = { entry, parts: [] };
    if (entry.size > smallBytes) this.queue.push({ kind: 'start', entry });
    return true;
  }

  whole(bytes: Buffer): void {
    this.body(bytes);
    this.bodyEnd();
  }

  body(bytes: Buffer): void {
    const copy = Buffer.from(bytes);
    if (this.current === undefined) return;
    if (this.current.entry.size > smallBytes) this.queue.push({ kind: 'part', bytes: copy });
    else this.current.parts.push(copy);
  }

  bodyEnd(): void {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return;
    if (current.entry.size > smallBytes) this.queue.push({ kind: 'end' });
    else
      this.queue.push({ kind: 'whole', entry: current.entry, bytes: current.parts.length === 1 ? (current.parts[0] as Buffer) : Buffer.concat(current.parts) });
  }

  isFull(): boolean {
    return this.isOver || this.queue.length >= 64;
  }

  problem(path: string, reason: string): void {
    this.queue.push({ kind: 'problem', path, reason });
  }

  /** What was begun when the tar ended, or was left. */
  cutOff(): void {
    if (this.current === undefined) return;
    const { path } = this.current.entry;
    this.bodyEnd();
    this.problem(path, 'the archive is cut off here');
  }
}

async function* openTar(source: ByteSource, limits: OpenLimits): AsyncGenerator<Found> {
  const room = new Room(limits, source.size);
  const sink = new TarEvents(limits);
  const events = eventsOf({ source, sink, room }, limits);
  for (let next = events.next(); next.done !== true; next = events.next()) {
    const event = next.value;
    if (event.kind === 'problem') yield { path: event.path, skipped: event.reason };
    else if (event.kind === 'whole') {
      if (!room.take(event.bytes.length)) return void (yield { path: event.entry.path, skipped: room.reason });
      yield { path: nameOf(event.entry), bytes: event.bytes };
    } else if (event.kind === 'start') {
      let trouble: string | undefined;
      const problems: Found[] = [];
      const stream = bounded(partsOf(events, problems), room, (reason) => {
        trouble = reason;
      });
      yield { path: nameOf(event.entry), size: event.entry.size, stream };
      if (trouble !== undefined) return void (yield { path: event.entry.path, skipped: trouble });
      yield* problems;
    } else if (event.kind === 'part' && !room.take(event.bytes.length)) {
      // What the taker left of a body comes as events of its own, and may be holes without end.
      return void (yield { path: '', skipped: room.reason });
    }
  }
}

function nameOf({ path }: FileEntry): string {
  return path === '' ? 'unnamed' : path;
}

interface Reading {
  readonly source: ByteSource;
  readonly sink: TarEvents;
  readonly room: Room;
}

function* eventsOf({ source, sink, room }: Reading, limits: OpenLimits): Generator<Event> {
  const reader = new TarReader(sink, { ...limits, plain: true });
  try {
    for (const piece of piecesOf(source)) {
      for (let rest = piece; rest.length > 0 || reader.isBehind; ) {
        rest = rest.subarray(reader.write(rest));
        yield* sink.queue.splice(0);
        if (room.left === 0) return void (yield { kind: 'problem', path: '', reason: room.reason });
        if (sink.isOver) return void (yield { kind: 'problem', path: '', reason: `the archive has more than ${limits.entries} entries` });
      }
    }
    reader.end();
  } catch (error) {
    if (!(error instanceof LazaretError)) throw error;
    sink.cutOff();
    sink.problem('', error.message);
  }
  yield* sink.queue.splice(0);
}

async function* partsOf(events: Generator<Event>, problems: Found[]): AsyncGenerator<Buffer> {
  for (let next = events.next(); next.done !== true; next = events.next()) {
    if (next.value.kind === 'end') return;
    if (next.value.kind === 'part') yield next.value.bytes;
    else if (next.value.kind === 'problem') problems.push({ path: next.value.path, skipped: next.value.reason });
  }
}
