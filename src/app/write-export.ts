import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { LazaretError } from '#domain/error.ts';
import { createXlsxWriter } from '#lib/xlsx-writer.ts';
import type { App, ExportJob } from './app.ts';
import { keepRoom, roomEvery, toldOfDisk, writeAll } from './disk.ts';
import { exportFolder, exportPath, mostExportBytes } from './export-folder.ts';
import { readTable } from './export-rows.ts';

export interface ExportWriting {
  /** Letters, digits and dashes that no other write has: the name of the unfinished file ends in it. */
  readonly writer: string;
  /** Bytes that must stay free on the disk; 256 MiB by default. */
  readonly keepFree?: number;
  /** Bytes that the files of all exports may take; 16 GiB by default. */
  readonly mostBytes?: number;
  /** Aborted when the work is to stop; it then rejects with the reason. */
  readonly signal: AbortSignal;
  /** Told the percentage that is done. */
  readonly onProgress: (percent: number) => void;
}

/** Ends the name of a file that is not whole yet. */
export const unfinishedSuffix = '.part';

/**
 * Writes the file of an export, which then appears under its name in one step; whatever goes wrong before leaves nothing behind.
 * @throws LazaretError 'limit' when the disk is full or the file would be too large, 'unreachable' when it cannot be written.
 */
export async function writeExport(app: Pick<App, 'store' | 'dataDir'>, job: ExportJob, writing: ExportWriting): Promise<void> {
  const { dataDir } = app;
  const whole = exportPath(dataDir, job.id);
  const part = `${whole}.${writing.writer}${unfinishedSuffix}`;
  let file: FileHandle | undefined;
  try {
    await onDisk(() => mkdir(exportFolder(dataDir), { recursive: true, mode: 0o700 }));
    file = await onDisk(() => open(part, 'wx', 0o600));
    await writeTable(app, job, { ...writing, file });
    const written = file;
    await onDisk(() => written.sync());
    await file.close();
    file = undefined;
    writing.signal.throwIfAborted();
    await onDisk(() => rename(part, whole));
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
    throw error instanceof RangeError ? new LazaretError('limit', `${error.message}: export fewer rows or columns`) : error;
  }
}

async function writeTable(
  app: Pick<App, 'store' | 'dataDir'>,
  job: ExportJob,
  { file, keepFree, mostBytes = mostExportBytes, signal, onProgress }: ExportWriting & { readonly file: FileHandle },
): Promise<void> {
  const room = { dataDir: app.dataDir, ...(keepFree === undefined ? {} : { keepFree }) };
  let written = 0;
  let looked = Number.NEGATIVE_INFINITY;
  const sink = async (bytes: Buffer): Promise<void> => {
    signal.throwIfAborted();
    if (written - looked >= roomEvery) {
      looked = written;
      await keepRoom(room);
      await keepWithin(app.dataDir, mostBytes);
    }
    written += bytes.length;
    await onDisk(() => writeAll(file, bytes));
  };
  const table = await readTable(app, job);
  const { title, columns } = job.request;
  const writer = await createXlsxWriter(sink, { title, headings: columns.map(({ heading }) => heading), total: table.total });
  let rows = 0;
  for await (const page of table.pages) {
    signal.throwIfAborted();
    await writer.add(page);
    rows += page.length;
    onProgress(Math.min(99, (100 * rows) / table.total));
    // Pages are read without waiting for anything outside; others have their turn in between.
    await new Promise(setImmediate);
  }
  await writer.close();
}

async function keepWithin(dataDir: string, mostBytes: number): Promise<void> {
  const folder = exportFolder(dataDir);
  let bytes = 0;
  for (const name of await onDisk(() => readdir(folder))) bytes += (await stat(path.join(folder, name)).catch(() => undefined))?.size ?? 0;
  if (bytes > mostBytes) throw new LazaretError('limit', `the files of all exports take more than ${mostBytes} bytes: wait until older ones are removed`);
}

function onDisk<T>(work: () => Promise<T>): Promise<T> {
  return toldOfDisk('the export', work);
}
