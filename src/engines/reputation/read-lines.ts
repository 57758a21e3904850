import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Bytes of one line; a longer one is passed over. */
export const longestLine = 4096;
const bufferBytes = 256 * 1024;
const lineFeed = 10;

/** What `readLines` needs beside the file. */
export interface LineReading {
  /** Is given all bytes of the file, in order. */
  readonly hash: Hash;
  /** Called for each line, numbered from 1, without its line feed; undefined for one that is longer than `longestLine`. */
  readonly onLine: (line: string | undefined, number: number) => void;
  readonly signal: AbortSignal;
}

/** Reads a file line by line through one buffer, whatever its size. */
export async function readLines(file: FileHandle, { hash, onLine, signal }: LineReading): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  let held = 0;
  let number = 0;
  let tooLong = false;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, held, bufferBytes - held);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(held, held + bytesRead));
    const filled = held + bytesRead;
    let start = 0;
    for (let end = buffer.indexOf(lineFeed, held); end >= 0 && end < filled; end = buffer.indexOf(lineFeed, start)) {
      number++;
      onLine(tooLong ? undefined : textOf(buffer, start, end), number);
      tooLong = false;
      start = end + 1;
    }
    held = filled - start;
    if (tooLong || held > longestLine) {
      tooLong = true;
      held = 0;
    }
    buffer.copyWithin(0, start, start + held);
  }
  if (tooLong || held > 0) onLine(tooLong ? undefined : textOf(buffer, 0, held), number + 1);
}

function textOf(buffer: Buffer, start: number, end: number): string | undefined {
  return end - start > longestLine ? undefined : buffer.toString('utf8', start, end);
}
