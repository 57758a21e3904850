import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { sas } from '#clouds/alibaba/sas/index.ts';
import type { HttpRequest } from '#clouds/http-request.ts';
import type { Operation } from '#clouds/operation.ts';
import { tcss } from '#clouds/tencent/tcss/index.ts';
import { alibabaV1, alibabaV3 } from '../support/alibaba-request.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { damaged, flatten, type Mangling, mangledParameters, mangling } from '../support/mangled-request.ts';
import { openPipeline, type WireAnswer, type WireRequest } from '../support/pipeline.ts';
import { startServing } from '../support/serving.ts';
import { signedV1, signedV3 } from '../support/signed-request.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';

/** Requests in all; a million was run once by hand with LAZARET_MANGLED_REQUESTS=1000000. */
const total = Number(process.env['LAZARET_MANGLED_REQUESTS'] ?? 20_000);
const inOneBatch = 200;
const patienceMs = 15_000;

interface Key {
  readonly secretId: string;
  readonly secretKey: string;
}

let nonces = 0;

function sound(at: Mangling, key: Key, sample: (name: string) => string): HttpRequest {
  const usual = { key, at: Date.now() };
  const carriers: readonly (() => HttpRequest)[] = [
    () => ofTencent((operation, parameters) => signedV3({ ...usual, action: operation.action, body: JSON.stringify(parameters) })),
    () =>
      ofTencent((operation, parameters) =>
        signedV3({ ...usual, action: operation.action, method: 'GET', query: new URLSearchParams(Object.fromEntries(flatten(parameters, 0))).toString() }),
      ),
    () =>
      ofTencent((operation, parameters) =>
        signedV3({ ...usual, action: operation.action, type: 'multipart/form-data; boundary=b', body: multipart(flatten(parameters, 0)) }),
      ),
    () => ofTencent((operation, parameters) => signedV1({ ...usual, action: operation.action }, Object.fromEntries(flatten(parameters, 0)))),
    () =>
      ofAlibaba((operation, parameters) =>
        alibabaV1({ ...usual, action: operation.action, nonce: `n${++nonces}`, parameters: Object.fromEntries(flatten(parameters, 1)) }),
      ),
    () =>
      ofAlibaba((operation, parameters) =>
        alibabaV3({ ...usual, action: operation.action, nonce: `n${++nonces}`, parameters: Object.fromEntries(flatten(parameters, 1)) }),
      ),
    () =>
      ofAlibaba((operation, parameters) =>
        alibabaV3({ ...usual, action: operation.action, nonce: `n${++nonces}`, type: 'application/json', body: JSON.stringify(parameters) }),
      ),
  ];
  const ofTencent = (make: (operation: Operation, parameters: Readonly<Record<string, unknown>>) => HttpRequest): HttpRequest => of(tcss.operations, make);
  const ofAlibaba = (make: (operation: Operation, parameters: Readonly<Record<string, unknown>>) => HttpRequest): HttpRequest => of(sas.operations, make);
  const of = (operations: readonly Operation[], make: (operation: Operation, parameters: Readonly<Record<string, unknown>>) => HttpRequest): HttpRequest => {
    const operation = operations[at.operation % operations.length];
    assert.ok(operation);
    return make(operation, mangledParameters(operation, at, sample));
  };
  const carrier = carriers[at.carrier % carriers.length];
  assert.ok(carrier);
  return carrier();
}

function multipart(fields: readonly (readonly [string, string])[]): string {
  return `${fields.map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--b--\r\n`;
}

function wire(http: HttpRequest): WireRequest {
  const headers = Object.entries(http.headers).map(([name, value]) => [name, String(value).replaceAll(/[^\x20-\x7e]/g, '?')] as const);
  return { method: http.method, target: http.query === '' ? '/' : `/?${http.query}`, headers, body: http.body };
}

function complaint(request: WireRequest, answer: WireAnswer): string | undefined {
  const shown = `${request.method} ${request.target.slice(0, 200)} ${request.body.toString('latin1', 0, 300)} -> ${answer.status} ${answer.body.slice(0, 200)}`;
  if (answer.status >= 500) return shown;
  if (/"(?:InternalError|ServerError)"/.test(answer.body)) return shown;
  const type = answer.headers.get('content-type') ?? '';
  if (!type.includes('json')) return undefined;
  try {
    JSON.parse(answer.body);
    return undefined;
  } catch {
    return `no JSON: ${shown}`;
  }
}

test(`${total} mangled requests of both clouds are answered, without a fault, a hang or a crash`, { timeout: 3_600_000 }, async (context) => {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const imageId = await storeImage(app.store, anImage('team/app:1'), { scan: aScan(), findings: [aFinding('/a'), aFinding('/b')] });
  await app.store.close();
  const server = await startServing(dataDir, ['--no-scanning']);
  const pipeline = openPipeline(Number(server.endpoint.split(':')[1]), patienceMs);
  context.after(async () => {
    pipeline.close();
    await server.stop();
  });
  const values: Readonly<Record<string, string>> = {
    ImageID: imageId,
    Images: imageId,
    Name: 'Name',
    Values: 'a',
    TaskID: '1',
    Order: 'asc',
    By: 'ImageName',
    Levels: 'serious',
    ScanRange: 'image',
  };
  const sample = (name: string): string => values[name] ?? 'a';
  const batches = fc.array(mangling, { minLength: inOneBatch, maxLength: inOneBatch });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const requests = batch.map((one) => damaged(wire(sound(one, key, sample)), one));
      const answers = await pipeline.exchange(requests);
      for (const [index, answer] of answers.entries()) {
        const request = requests[index];
        if (answer === undefined || request === undefined) continue;
        answered += 1;
        assert.equal(complaint(request, answer), undefined);
      }
    }),
    { numRuns: Math.ceil(total / inOneBatch), endOnFailure: true },
  );
  // A server that refuses HTTP itself closes the connection, and what stood behind it is not answered.
  assert.ok(answered > total / 4, `${answered} of ${total} were answered`);
  const healthy = await fetch(`http://${server.endpoint}/healthz`);
  assert.equal(healthy.status, 200);
});
