import { createBoundedCache } from '../bounded-cache.ts';
import type { Call, Operation } from '../operation.ts';
import type { InputOf, Parameters } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import { isForCaller, isRefusal } from '../refusal.ts';
import { answerTail } from './envelope.ts';
import { refusalOf } from './errors.ts';

/** Runs operations, and keeps lasting answers until the store changes. Gives the tail of the answer's body. */
export interface Answers {
  /** At once when the answer is kept. `version` is the store's, asked for during this request. */
  answer(call: Call, question: Question, version: number): Buffer | Promise<Buffer | Refusal>;
}

export interface Question {
  readonly operation: Operation;
  readonly input: InputOf<Parameters>;
}

/** `cacheBytes` bounds the bodies kept; 0 keeps none. */
export function createAnswers(cacheBytes: number): Answers {
  const kept = createBoundedCache<Buffer>(cacheBytes);
  let keptVersion: number | undefined;

  async function find(call: Call, question: Question, place: { readonly key: string; readonly version: number }): Promise<Buffer | Refusal> {
    const answer = await run(call, question);
    // The store may have changed meanwhile; then this answer is good for its caller only.
    if (!isRefusal(answer) && place.version === keptVersion) kept.set(place.key, answer, answer.length + 2 * place.key.length);
    return answer;
  }

  return {
    answer(call, question, version) {
      const { operation, input } = question;
      if (!operation.lasting || cacheBytes === 0) return run(call, question);
      if (version !== keptVersion) {
        kept.clear();
        keptVersion = version;
      }
      const key = `${call.accountId}\n${operation.action}\n${call.language}\n${JSON.stringify(input)}`;
      return kept.get(key) ?? find(call, question, { key, version });
    },
  };
}

async function run(call: Call, { operation, input }: Question): Promise<Buffer | Refusal> {
  try {
    const answer = await operation.run(call, input);
    return isRefusal(answer) ? answer : answerTail(answer);
  } catch (error) {
    if (isForCaller(error)) return refusalOf(error);
    throw error;
  }
}
