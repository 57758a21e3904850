import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { defaultAccount } from '#app/app.ts';
import type { Call, Operation } from '#clouds/operation.ts';
import type { Parameters } from '#clouds/parameters.ts';
import { isRefusal } from '#clouds/refusal.ts';
import { readInput } from '#clouds/tencent/input.ts';
import { createVault } from '#lib/vault.ts';
import { openStore } from '#store/index.ts';
import type { Store } from '#store/store.ts';
import { testFolder } from './folder.ts';
import { someTime } from './stored-images.ts';

/** An operation's surroundings: an empty store, a clock that the test moves, English texts and times in UTC. */
export interface TestCall extends Call {
  readonly store: Store;
  /** Moves the clock on. */
  readonly wait: (milliseconds: number) => void;
}

export async function openCall(context: TestContext): Promise<TestCall> {
  let now = someTime + 60_000;
  const clock = (): number => now;
  const dataDir = testFolder(context);
  const store = await openStore({ dataDir, clock });
  context.after(() => store.close());
  return {
    app: { store, clock, vault: createVault([Buffer.alloc(32, 7)]), dataDir },
    store,
    accountId: defaultAccount,
    language: 'en',
    zoneMinutes: 0,
    baseUrl: 'http://127.0.0.1:8787',
    requestsPerSecond: 20,
    caller: { keyId: 'AKIDtest', address: '127.0.0.1' },
    wait: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** What an operation answers to input as it stands in a JSON body, or the code of its refusal. */
export async function ask<P extends Parameters, Answer extends object>(
  operation: Operation<P, Answer>,
  call: Call,
  raw: Readonly<Record<string, unknown>>,
): Promise<Answer | string> {
  const input = readInput(operation.parameters, raw);
  if (isRefusal(input)) return input.refused;
  const answer = await operation.run(call, input);
  return isRefusal(answer) ? answer.refused : answer;
}

/** The same where an answer is expected. */
export async function askWell<P extends Parameters, Answer extends object>(
  operation: Operation<P, Answer>,
  call: Call,
  raw: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const answer = await ask(operation, call, raw);
  if (typeof answer === 'string') assert.fail(`refused: ${answer}`);
  return answer;
}
