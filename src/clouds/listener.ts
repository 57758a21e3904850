import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AlibabaGateway } from './alibaba/gateway.ts';
import { isAlibabaRequest } from './alibaba/request.ts';
import type { HttpRequest } from './http-request.ts';
import { contentType, errorEnvelope } from './tencent/envelope.ts';
import { refuse } from './tencent/errors.ts';
import type { Gateway, GatewayAnswer } from './tencent/gateway.ts';
import { languageOf } from './tencent/request.ts';

/** What came of a request, whichever cloud's. */
export interface CloudAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly action: string;
  readonly code: string;
  readonly accountId: string;
  readonly fault: unknown;
}

export interface ListenerOptions {
  /** Bytes of a body; a larger one is read to its end, dropped and refused. */
  readonly bodyBytes: number;
  readonly randomId: () => string;
  /** True once the server stops: answers then end their connections. */
  readonly isClosing: () => boolean;
  /** Told of every answer, with the time it took from the body's end in milliseconds. */
  readonly report: (requestId: string, answer: Omit<CloudAnswer, 'status' | 'headers'>, milliseconds: number) => void;
}

export interface Gateways {
  readonly tencent: Gateway;
  readonly alibaba: AlibabaGateway;
}

// RFC 9112, section 3.2.2: with or without a path, and perhaps with a user before the host.
const wholeAddress = /^https?:\/\/(?:[^/?#]*@)?([^/?#@]+)(.*)$/is;

/** Makes of a target that is a whole address, as clients send it through a proxy, its path; its host then counts and not the header's. */
export function takeOriginForm(request: IncomingMessage): void {
  const [, host, rest = ''] = wholeAddress.exec(request.url ?? '') ?? [];
  if (host === undefined) return;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  request.headers.host = host;
}

/** Whether a request goes to a gateway: its path is `/`, with or without a query. */
export function isForGateway(request: IncomingMessage): boolean {
  const { url = '' } = request;
  return url === '/' || url.startsWith('/?');
}

/**
 * Answers the gateways' requests on Node's own server; each request tells by itself whose it is. The framework beside it would cost as much as a whole gateway
 * does; nothing that it offers is needed for one path with bodies that stay bytes.
 */
export function createGatewayListener({ tencent, alibaba }: Gateways, options: ListenerOptions): RequestListener {
  return (request, response) => {
    if (request.method !== 'POST') {
      void answer(request, response, noBody);
      return;
    }
    readBody(request, options.bodyBytes, (body, isWhole) => void answer(request, response, isWhole ? body : { beginning: body }));
  };

  async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer | TooLarge): Promise<void> {
    const started = performance.now();
    const requestId = options.randomId();
    const isWhole = Buffer.isBuffer(body);
    const http = readHttp(request, Buffer.isBuffer(body) ? body : body.beginning);
    if (isAlibabaRequest(http)) {
      const result = isWhole ? await alibaba.handle(http, requestId) : alibaba.refuseSize(http, requestId);
      options.report(requestId, result, performance.now() - started);
      send(response, result);
      return;
    }
    const result = isWhole ? await tencent.handle(http, requestId) : tooLarge(http, requestId);
    options.report(requestId, result, performance.now() - started);
    // Answers of one turn of the event loop leave together: a client that is woken once for several of them leaves us a third of the time.
    setImmediate(sendTencent, request, response, result.body);
  }

  function sendTencent(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const trace = request.headers['x-tc-traceid'];
    if (typeof trace === 'string' && /^[\w-]{1,64}$/.test(trace)) response.setHeader('x-tc-traceid', trace);
    send(response, { status: 200, headers: tencentHeaders, body });
  }

  function send(response: ServerResponse, { status, headers, body }: Pick<CloudAnswer, 'status' | 'headers' | 'body'>): void {
    if (options.isClosing()) response.setHeader('connection', 'close');
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.end(body);
  }
}

const tencentHeaders = { 'content-type': contentType };

const noBody = Buffer.alloc(0);

// A caller that goes on sending after its answer would not see it, so what is too large is read on, but not without end.
const dropFactor = 4;

// What came first of a body that is too large: enough to tell whose it is.
interface TooLarge {
  readonly beginning: Buffer;
}

// Gives the body, or its beginning when it is larger than `limit`; nothing at all when the caller goes away.
function readBody(request: IncomingMessage, limit: number, done: (body: Buffer, isWhole: boolean) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (size > dropFactor * limit) request.destroy();
    else chunks.length = 1;
  });
  request.on('end', () => {
    const [first = noBody] = chunks;
    done(chunks.length > 1 ? Buffer.concat(chunks) : first, size <= limit);
  });
  // Without a listener a broken connection would be an uncaught error.
  request.on('error', () => {
    chunks.length = 0;
  });
}

function readHttp(request: IncomingMessage, body: Buffer): HttpRequest {
  const { url = '/', method = '' } = request;
  const { remoteAddress = '' } = request.socket;
  return { method, query: url.slice(2), headers: request.headers, body, peer: { address: remoteAddress, isSecure: 'encrypted' in request.socket } };
}

function tooLarge(http: HttpRequest, requestId: string): GatewayAnswer {
  const refusal = refuse('RequestSizeLimitExceeded');
  return { body: errorEnvelope(requestId, refusal, languageOf(http)), code: refusal.refused, action: 'unknown', accountId: '', fault: undefined };
}
