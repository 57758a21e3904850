import assert from 'node:assert/strict';
import type { TestCall } from './cloud-call.ts';

/** The ids of the images of a task, sorted, as a worker claims and ends them; the clock moves on by a second. */
export async function scannedBy(call: TestCall, taskId: number): Promise<readonly string[]> {
  const { store, app } = call;
  const ids: string[] = [];
  for (let image = await store.tasks.claim('worker', app.clock(), app.clock() + 1000); image !== undefined; ) {
    assert.equal(image.taskId, String(taskId));
    const before = await store.images.find('default', image.imageId);
    ids.push(image.imageId);
    if (before?.scan !== undefined) await store.images.setScan('default', image.imageId, { ...before.scan, state: 'done', finishedAt: app.clock() });
    await store.tasks.finish('worker', image, 'done', app.clock());
    image = await store.tasks.claim('worker', app.clock(), app.clock() + 1000);
  }
  call.wait(1000);
  return ids.toSorted();
}
