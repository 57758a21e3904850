import type { Language } from '../operation.ts';
import type { Refusal } from '../refusal.ts';

/** Content type of every answer. Exactly this: one of the official SDKs skips its error check when a charset is added. */
export const contentType = 'application/json';

/** An answer's JSON without its RequestId, so that it can be kept and sent again under another one. */
export function answerTail(answer: object): Buffer {
  const text = JSON.stringify(answer);
  return Buffer.from(text === '{}' ? '}}' : `,${text.slice(1)}}`);
}

/** The whole body: `{"Response":{"RequestId":…` and the tail. */
export function envelope(requestId: string, tail: Buffer): Buffer {
  const head = `{"Response":{"RequestId":"${requestId}"`;
  const body = Buffer.allocUnsafe(head.length + tail.length);
  body.write(head, 0, 'latin1');
  tail.copy(body, head.length);
  return body;
}

/** The body of a refusal, in the caller's language. */
export function errorEnvelope(requestId: string, refusal: Refusal, language: Language): Buffer {
  return envelope(requestId, answerTail({ Error: { Code: refusal.refused, Message: refusal.message[language] } }));
}
