import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ExportJob } from '#app/app.ts';
import { exportPath } from '#app/export-folder.ts';
import { writeExport } from '#app/write-export.ts';
import type { TestCall } from './cloud-call.ts';
import { readXlsx, valuesOf } from './xlsx.ts';

/** Writes the next queued export as a worker does, and gives it with the cells of its first sheet. */
export async function writeNextExport({ app, store }: TestCall): Promise<{ readonly job: ExportJob; readonly cells: ReturnType<typeof valuesOf> }> {
  const job = await store.exports.claim('w', app.clock(), app.clock() + 1000);
  assert.ok(job);
  await writeExport(app, job, { writer: 'w', signal: new AbortController().signal, onProgress: () => undefined });
  assert.equal(await store.exports.finish('w', job.id, { failure: undefined, at: app.clock() }), true);
  return { job, cells: valuesOf(readXlsx(readFileSync(exportPath(app.dataDir, job.id)))[0]) };
}
