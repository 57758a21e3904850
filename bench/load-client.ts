// The program that asks a server as fast as it answers. Its order comes as JSON on standard input, its result goes as JSON to standard output. It speaks
// HTTP by itself, with requests that are signed before the clock starts, so that it is never what is waited for.
import { connect, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';
import { createRandom } from './random.ts';
import { requestBytes, type SignedCall } from './signed-call.ts';

export interface LoadOrder {
  readonly port: number;
  readonly call: SignedCall;
  /** Always the first page, or all pages in an order without order. */
  readonly pages: 'same' | 'every';
  readonly pageSize: number;
  /** How many findings there are. */
  readonly total: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Answers that are errors or of no plausible length, and connections that were lost. */
  readonly failed: number;
  /** Seconds that were counted. */
  readonly took: number;
}

const warmSeconds = 1;
/** Signatures of the same page, so that not one is sent again and again. */
const variants = 200;

const order = (await json(process.stdin)) as LoadOrder;
process.stdout.write(JSON.stringify(await run(order, requestsOf(order))));

function requestsOf({ call, pages, pageSize, total }: LoadOrder): readonly Buffer[] {
  const now = Math.floor(Date.now() / 1000);
  const count = pages === 'same' ? variants : Math.floor(total / pageSize);
  const offsets = pages === 'same' ? Array.from({ length: count }, () => 0) : shuffled(Array.from({ length: count }, (_, index) => index * pageSize));
  // The server takes clocks that differ by up to five minutes.
  return offsets.map((offset, index) => requestBytes(call, { offset, limit: pageSize, timestamp: now - (index % variants) + variants / 2 }));
}

function shuffled(values: number[]): readonly number[] {
  const random = createRandom(1);
  for (let index = values.length - 1; index > 0; index--) {
    const other = random.between(0, index);
    [values[index], values[other]] = [values[other] as number, values[index] as number];
  }
  return values;
}

async function run({ port, connections, seconds }: LoadOrder, requests: readonly Buffer[]): Promise<LoadResult> {
  const count = { requests: 0, failed: 0, next: 0 };
  const sockets = Array.from({ length: connections }, () => ask(connect({ port, host: '127.0.0.1', noDelay: true }), requests, count));
  await pause(warmSeconds);
  count.requests = 0;
  const started = performance.now();
  await pause(seconds);
  const { requests: done, failed } = count;
  const took = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  return { requests: done, failed, took };
}

function ask(socket: Socket, requests: readonly Buffer[], count: { requests: number; failed: number; next: number }): Socket {
  let held: Buffer = Buffer.alloc(0);
  const send = (): void => {
    socket.write(requests[count.next++ % requests.length] as Buffer);
  };
  socket.on('connect', send);
  socket.on('error', () => count.failed++);
  socket.on('close', () => count.failed++);
  socket.on('data', (part) => {
    held = held.length === 0 ? part : Buffer.concat([held, part]);
    const end = answerEnd(held);
    if (end === undefined || held.length < end) return;
    if (held.length > end || held.includes('"Error":{')) count.failed++;
    held = Buffer.alloc(0);
    count.requests++;
    send();
  });
  return socket;
}

/** Where the answer ends that begins at the start; undefined while its head is not whole. */
function answerEnd(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1];
  if (length === undefined) throw new Error('an answer without a length');
  return head + 4 + Number(length);
}

async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
