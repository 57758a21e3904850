import { hash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import type { ContentFacts, Judge, JudgeRecipe } from '#engines/engine.ts';
import { collectGarbage } from '#lib/collect-garbage.ts';
import { fileTypeOf } from './file-type.ts';
import { type FromInspector, type InspectItem, type ItemResult, idle, type JudgeResult, type Progress, type ToInspector } from './protocol.ts';

/** Descriptor of the transfer file in an inspector. */
const transferFd = 3;

/**
 * The life of an inspector: opens the judges it is told to, then answers batches until its parent goes away. One thread,
 * synchronous; whatever happens to it costs one content, since the parent knows which one it is at.
 */
export function serveInspections(openJudges: (recipes: readonly JudgeRecipe[]) => readonly Judge[]): void {
  let judges: readonly Judge[] = [];
  let scratch = Buffer.allocUnsafeSlow(0);
  process.on('message', (message: ToInspector) => {
    if (message.type === 'open') {
      judges = openJudges(message.recipes);
      answer({ type: 'ready' });
      // While the scan reads its first contents.
      setImmediate(() => prepare(judges));
      return;
    }
    const end = message.items.reduce((most, item) => Math.max(most, item.at + item.length), 0);
    const start = message.items.reduce((least, item) => Math.min(least, item.at), end);
    if (scratch.length < end - start) {
      // Let go first: two large contents would not fit beside each other.
      const wasLarge = scratch.length > keptScratch;
      scratch = Buffer.alloc(0);
      if (wasLarge) collectGarbage();
      scratch = Buffer.allocUnsafeSlow(Math.max(end - start, keptScratch));
    }
    readFully(scratch.subarray(0, end - start), start);
    const bytesOf = (item: InspectItem) => scratch.subarray(item.at - start, item.at - start + item.length);
    const results = inspectBatch({ items: message.items, bytesOf, judges, at: (index) => reportProgress({ batch: message.batch, index }) });
    reportProgress({ batch: message.batch, index: idle });
    answer({ type: 'done', results });
    if (scratch.length <= 4 * keptScratch) return;
    // Nobody knows when the next content comes.
    scratch = Buffer.alloc(0);
    collectGarbage();
  });
  // A Ctrl-C reaches the whole group; the parent decides when inspectors end.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
}

// What fails here fails again when a content is judged, and is told then.
function prepare(judges: readonly Judge[]): void {
  try {
    for (const one of judges) one.prepare();
  } catch {
    return;
  }
}

/** Batches of small contents fit; a buffer grown for a large content is let go after it. */
const keptScratch = 8 * 1024 * 1024;

interface BatchWork {
  readonly items: readonly InspectItem[];
  readonly judges: readonly Judge[];
  readonly bytesOf: (item: InspectItem) => Buffer;
  /** Told the index of each item before it is judged. */
  readonly at: (index: number) => void;
}

// Group by group: the tables and rules of a group are larger than the processor's cache. And all judges on one content before
// the next one, as they share what they find out about it.
function inspectBatch({ items, judges, bytesOf, at }: BatchWork): ItemResult[] {
  const groups = new Map<string, { readonly index: number; readonly item: InspectItem; readonly bytes: Buffer }[]>();
  for (const [index, item] of items.entries()) {
    const bytes = bytesOf(item);
    const group = judges[0]?.groupOf(bytes) ?? '';
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [{ index, item, bytes }]);
    else members.push({ index, item, bytes });
  }
  const results: ItemResult[] = [];
  for (const { index, item, bytes } of [...groups.values()].flat()) {
    at(index);
    results[index] = inspectItem(item, bytes, judges);
  }
  return results;
}

function inspectItem(item: InspectItem, bytes: Buffer, judges: readonly Judge[]): ItemResult {
  const facts = { size: bytes.length, fileType: fileTypeOf(bytes), path: item.path, owner: item.owner };
  const judged = item.judges.map((number) => judge(number, judges[number] as Judge, bytes, facts));
  const wanted = item.digests || judged.some((result) => result.detections.length > 0);
  return { fileType: facts.fileType, md5: wanted ? hash('md5', bytes) : '', sha1: wanted ? hash('sha1', bytes) : '', judged };
}

function judge(index: number, one: Judge, bytes: Buffer, facts: ContentFacts): JudgeResult {
  try {
    return { judge: index, detections: one.inspect(bytes, facts) };
  } catch (error) {
    return { judge: index, detections: [], error: error instanceof Error ? error.message : String(error) };
  }
}

function readFully(target: Buffer, position: number): void {
  for (let done = 0; done < target.length; ) {
    const count = readSync(transferFd, target, done, target.length - done, position + done);
    if (count === 0) throw new Error('the transfer file is shorter than announced');
    done += count;
  }
}

const header = Buffer.alloc(8);

function reportProgress({ batch, index }: Progress): void {
  header.writeUInt32LE(batch, 0);
  header.writeUInt32LE(index, 4);
  writeSync(transferFd, header, 0, 8, 0);
}

function answer(message: FromInspector): void {
  process.send?.(message);
}
