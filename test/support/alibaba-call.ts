import assert from 'node:assert/strict';
import { readInput } from '#clouds/alibaba/input.ts';
import type { Call, Operation } from '#clouds/operation.ts';
import type { Parameters } from '#clouds/parameters.ts';
import { isRefusal } from '#clouds/refusal.ts';
import { flatten } from './mangled-request.ts';

/** What an operation answers to parameters as an SDK would flatten them, or the code of its refusal. */
export async function askAlibaba<P extends Parameters, Answer extends object>(
  operation: Operation<P, Answer>,
  call: Call,
  raw: Readonly<Record<string, unknown>>,
): Promise<Answer | string> {
  const input = readInput(operation.parameters, flatten(raw, 1));
  if (isRefusal(input)) return input.refused;
  const answer = await operation.run(call, input);
  return isRefusal(answer) ? answer.refused : answer;
}

/** The same where an answer is expected. */
export async function askAlibabaWell<P extends Parameters, Answer extends object>(
  operation: Operation<P, Answer>,
  call: Call,
  raw: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const answer = await askAlibaba(operation, call, raw);
  if (typeof answer === 'string') assert.fail(`refused: ${answer}`);
  return answer;
}
