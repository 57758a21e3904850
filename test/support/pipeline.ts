import { connect, type Socket } from 'node:net';

/** A request as it goes over the wire, but for the length of its body, which is always right. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** One connection on which requests follow each other without waiting for answers. */
export interface Pipeline {
  /** Answers in the order of the requests; undefined for those that the server left unanswered when it closed the connection. */
  exchange(requests: readonly WireRequest[]): Promise<readonly (WireAnswer | undefined)[]>;
  close(): void;
}

/** Connects anew whenever the server has closed the connection. A server that says nothing for `patienceMs` is an error. */
export function openPipeline(port: number, patienceMs: number): Pipeline {
  let socket: Socket | undefined;
  return {
    exchange(requests) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly (WireAnswer | undefined)[]>();
      const current = socket?.writable === true ? socket : connect(port, '127.0.0.1');
      socket = current;
      const answers: WireAnswer[] = [];
      let rest: Buffer = Buffer.alloc(0);
      const done = (error?: Error): void => {
        current.removeAllListeners();
        current.setTimeout(0);
        current.on('error', () => undefined);
        if (error === undefined) resolve(requests.map((_, index) => answers[index]));
        else reject(error);
      };
      current.setTimeout(patienceMs, () => {
        current.destroy();
        done(new Error(`no answer within ${patienceMs} ms to request ${answers.length} of ${requests.length}`));
      });
      current.on('data', (bytes: Buffer) => {
        rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
        for (let read = readAnswer(rest); read !== undefined; read = readAnswer(rest)) {
          answers.push(read.answer);
          rest = rest.subarray(read.length);
        }
        if (answers.length === requests.length) done();
      });
      current.on('error', () => undefined);
      current.on('close', () => {
        socket = undefined;
        done();
      });
      for (const request of requests) current.write(bytesOf(request));
      return promise;
    },
    close: () => socket?.destroy(),
  };
}

function bytesOf({ method, target, headers, body }: WireRequest): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines}Content-Length: ${body.length}\r\n\r\n`, 'latin1'), body]);
}

function readAnswer(bytes: Buffer): { readonly answer: WireAnswer; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  // What Node answers by itself, to HTTP without a host for instance, has no length and is the last on its connection.
  const status = Number(first.split(' ', 2)[1]);
  const isLast = !headers.has('content-length') && status !== 204;
  const size = status === 204 ? 0 : isLast ? bytes.length - end - 4 : Number(headers.get('content-length'));
  const length = end + 4 + size;
  if (bytes.length < length) return undefined;
  return { answer: { status, headers, body: bytes.toString('utf8', end + 4, length) }, length };
}
