import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
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
/** What has one value alone, which stands for nothing else than no value. */
const oneValue = new Set(['DescribeExportJobManageList.By']);

/** An operation in an account of its own, here and not behind a server. */
interface Stage {
  readonly operation: Operation;
  /** The case's requests, each made when its turn comes. */
  readonly requests: () => AsyncIterable<Request>;
  /** What it answers, or how it refuses. `read` is told the names of the parameters that it looks at. */
  readonly answer: (request: Request, read?: (name: string) => void) => Promise<string>;
}

async function stageOf(surface: Surface, operation: Operation, app: Call['app']): Promise<Stage> {
  const world = await makeWorld(app, operation.action.slice(-64), surface.clients[0]?.name ?? '');
  const caller = { keyId: world.key.secretId, address: '127.0.0.1' };
  const call: Call = { app, accountId: world.accountId, language: 'en', zoneMinutes: 0, baseUrl: 'http://127.0.0.1', requestsPerSecond: 20, caller };
  return {
    operation,
    async *requests() {
      for (const step of gather<Case>(surface, 'cases').get(operation.action) ?? []) {
        const request = typeof step === 'function' ? await step(world) : step;
        if (request !== undefined) yield request;
      }
    },
    async answer(request, read) {
      const input = surface.readInput(operation.parameters, request);
      if (isRefusal(input)) return input.refused;
      return JSON.stringify(await operation.run(call, read === undefined ? input : watched(input, read)));
    },
  };
}

function watched<T extends object>(input: T, read: (name: string) => void): T {
  return new Proxy(input, {
    get(target, name) {
      if (typeof name === 'string') read(name);
      return Reflect.get(target, name) as unknown;
    },
  });
}

async function eachStage(context: TestContext, surface: Surface, work: (stage: Stage) => Promise<readonly string[]>): Promise<void> {
  const app = await appOver(testFolder(context));
  context.after(() => app.store.close());
  const wrong: string[] = [];
  for (const operation of surface.operations) wrong.push(...(await work(await stageOf(surface, operation, app))));
  assert.deepEqual(wrong, []);
}

for (const surface of surfaces) {
  const isIdle = (action: string, name: string): boolean => idlenessOf(gather<string>(surface, 'idle'), action, name) !== undefined;

  test(`${surface.title}: parameters without effect are never looked at, all others are`, (context) =>
    eachStage(context, surface, async ({ operation: { action, parameters }, requests, answer }) => {
      const read = new Set<string>();
      for await (const request of requests()) await answer(request, (name) => read.add(name));
      return Object.keys(parameters).flatMap((name) => {
        if (isIdle(action, name)) return read.has(name) ? [`${action} looks at ${name}, which has a reason to be without effect`] : [];
        return read.has(name) || ofGateway.has(name) ? [] : [`${action} never looks at ${name}, without a reason`];
      });
    }));

  test(`${surface.title}: every parameter of an operation that only reads changes an answer`, (context) =>
    eachStage(context, surface, async ({ operation: { action, changes, parameters }, requests, answer }) => {
      if (changes === true) return [];
      const effective = new Set<string>();
      for await (const request of requests()) {
        const whole = await answer(request);
        for (const name of Object.keys(request)) {
          const { [name]: _, ...rest } = request;
          if (!effective.has(name) && (await answerOrRefusal(answer, rest)) !== whole) effective.add(name);
        }
      }
      const dull = Object.keys(parameters).filter((name) => !effective.has(name) && !ofGateway.has(name) && !isIdle(action, name));
      return dull.filter((name) => !oneValue.has(`${action}.${name}`)).map((name) => `no request of ${action} shows what ${name} does`);
    }));
}

// Without the parameter it may be refused, which is another answer.
async function answerOrRefusal(answer: Stage['answer'], request: Request): Promise<string> {
  try {
    return await answer(request);
  } catch (error) {
    return String(error);
  }
}
