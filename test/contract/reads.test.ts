import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, Operation } from '#clouds/operation.ts';
import { isRefusal } from '#clouds/refusal.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { type Case, gather, idlenessOf, type Request, type Surface } from './surface.ts';
import { surfaces } from './surfaces.ts';
import { makeWorld } from './world.ts';

/** What the gateway reads for all operations. */
const ofGateway = new Set(['Lang']);

/** Runs an operation on the requests of its case and gives the names of the parameters that it looked at. */
async function readBy(surface: Surface, operation: Operation, app: Call['app']): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  const world = await makeWorld(app, operation.action.slice(-64), surface.clients[0]?.name ?? '');
  const key = { keyId: world.key.secretId, address: '127.0.0.1' };
  const call: Call = { app, accountId: world.accountId, language: 'en', zoneMinutes: 0, baseUrl: 'http://127.0.0.1', requestsPerSecond: 20, caller: key };
  for (const step of gather<Case>(surface, 'cases').get(operation.action) ?? []) {
    const request: Request | undefined = typeof step === 'function' ? await step(world) : step;
    const input = request === undefined ? undefined : surface.readInput(operation.parameters, request);
    if (input === undefined) continue;
    assert.ok(!isRefusal(input), `${operation.action} refuses ${JSON.stringify(request)}`);
    const watched = new Proxy(input, {
      get(target, name) {
        if (typeof name === 'string') read.add(name);
        return Reflect.get(target, name) as unknown;
      },
    });
    await operation.run(call, watched);
  }
  return read;
}

for (const surface of surfaces) {
  test(`${surface.title}: parameters without effect are never looked at, all others are`, async (context) => {
    const app = await appOver(testFolder(context));
    context.after(() => app.store.close());
    const idle = gather<string>(surface, 'idle');
    const wrong: string[] = [];
    for (const operation of surface.operations) {
      const read = await readBy(surface, operation, app);
      for (const name of Object.keys(operation.parameters)) {
        const isIdle = idlenessOf(idle, operation.action, name) !== undefined;
        if (isIdle && read.has(name)) wrong.push(`${operation.action} looks at ${name}, which has a reason to be without effect`);
        if (!isIdle && !read.has(name) && !ofGateway.has(name)) wrong.push(`${operation.action} never looks at ${name}, without a reason`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
