import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerTail, envelope, errorEnvelope } from './envelope.ts';
import { refuse } from './errors.ts';

test('the RequestId is put before the answer, also before an empty one', () => {
  assert.equal(envelope('id', answerTail({ a: '你\ud800', b: [] })).toString(), '{"Response":{"RequestId":"id","a":"你\\ud800","b":[]}}');
  assert.equal(envelope('id', answerTail({})).toString(), '{"Response":{"RequestId":"id"}}');
});

test('a refusal says its code and its text in the language asked for', () => {
  const refusal = refuse('MissingParameter', { en: 'no `"x"`', zh: '缺' });
  assert.deepEqual(JSON.parse(errorEnvelope('id', refusal, 'zh').toString()), {
    Response: { RequestId: 'id', Error: { Code: 'MissingParameter', Message: '缺' } },
  });
  assert.match(errorEnvelope('id', refusal, 'en').toString(), /no `\\"x\\"`/);
});
