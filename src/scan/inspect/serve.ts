import { hash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import type { ContentFacts, Judge, JudgeRecipe } from '#engines/engine.ts';
import { fileTypeOf } from './file-type.ts';
import { type FromInspector, type InspectItem, type ItemResult, idle, type JudgeResult, type Progress, type ToInspector } from './protocol.ts';

/** Descriptor of the transfer file in an inspector. */
const transferFd = 3;

/**
 * The life of an inspector: opens the judges it is told to, then answers batches until its parent goes away. One thread,
 * synchronous; whatever happens to it costs one content, since the parent knows which one it is at.
 */
export function serveInspections(openJudge: (recipe: JudgeRecipe) => Judge): void {
  let judges: readonly Judge[] = [];
  let scratch = Buffer.allocUnsafeSlow(0);
  process.on('message', (message: ToInspector) => {
    if (message.type === 'open') {
      judges = message.recipes.map(openJudge);
      answer({ type: 'ready' });
      return;
    }
    const end = message.items.reduce((most, item) => Math.max(most, item.at + item.length), 0);
    const start = message.items.reduce((least, item) => Math.min(least, item.at), end);
    if (scratch.length < end - start || scratch.length > 4 * keptScratch) scratch = Buffer.allocUnsafeSlow(Math.max(end - start, keptScratch));
    readFully(scratch.subarray(0, end - start), start);
    const bytesOf = (item: InspectItem) => scratch.subarray(item.at - start, item.at - start + item.length);
    const results = inspectBatch({ items: message.items, bytesOf, judges, at: (index) => reportProgress({ batch: message.batch, index }) });
    reportProgress({ batch: message.batch, index: idle });
    answer({ type: 'done', results });
  });
  // A Ctrl-C reaches the whole group; the parent decides when inspectors end.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
}

/** Batches of small contents fit; a buffer grown for a large content is let go after it. */
const keptScratch = 8 * 1024 * 1024;

interface BatchWork {
  readonly items: readonly InspectItem[];
  readonly judges: readonly Judge[];
  readonly bytesOf: (item: InspectItem) => Buffer;
  /** Told the index of each item before it is touched. */
  readonly at: (index: number) => void;
}

// By judge and group instead of item by item: the rules of a group are larger than the processor's cache, and going
// back and forth between groups costs as much as judging.
function inspectBatch({ items, judges, bytesOf, at }: BatchWork): ItemResult[] {
  const facts = items.map((item, index) => {
    at(index);
    const bytes = bytesOf(item);
    return { size: bytes.length, fileType: fileTypeOf(bytes), path: item.path, owner: item.owner };
  });
  const judged: JudgeResult[][] = items.map(() => []);
  for (const [number, one] of judges.entries()) {
    for (const index of inGroups(items, number, (item) => one.groupOf(bytesOf(item)))) {
      at(index);
      const item = items[index] as InspectItem;
      judged[index]?.push(judge(number, one, bytesOf(item), facts[index] as ContentFacts));
    }
  }
  return items.map((item, index) => {
    at(index);
    const results = judged[index] as JudgeResult[];
    const wanted = item.digests || results.some((result) => result.detections.length > 0);
    const bytes = bytesOf(item);
    return {
      fileType: (facts[index] as ContentFacts).fileType,
      md5: wanted ? hash('md5', bytes) : '',
      sha1: wanted ? hash('sha1', bytes) : '',
      judged: results,
    };
  });
}

/** Indexes of the items that the judge shall see, group after group. */
function inGroups(items: readonly InspectItem[], number: number, groupOf: (item: InspectItem) => string): readonly number[] {
  const groups = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    if (!item.judges.includes(number)) continue;
    const group = groupOf(item);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [index]);
    else members.push(index);
  }
  return [...groups.values()].flat();
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
