import type { RequestListener, Server } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Fastify, { LogController } from 'fastify';
import type { App, Store } from '#app/app.ts';
import type { AlibabaGateway, AlibabaOptions } from './alibaba/gateway.ts';
import { createAlibabaGateway, defaultAlibabaOptions } from './alibaba/gateway.ts';
import { isAlibabaHead } from './alibaba/request.ts';
import { createCallGuard } from './call-guard.ts';
import { createKeyring } from './keyring.ts';
import type { CloudAnswer } from './listener.ts';
import { createGatewayListener, isForGateway, takeOriginForm } from './listener.ts';
import { alibabaProducts, tencentProducts } from './products.ts';
import { createRateLimit } from './rate.ts';
import { contentType, errorEnvelope } from './tencent/envelope.ts';
import { refuse } from './tencent/errors.ts';
import type { GatewayOptions } from './tencent/gateway.ts';
import { createGateway, defaultGatewayOptions } from './tencent/gateway.ts';
import { sizeLimits } from './tencent/request.ts';

/** Bounds of connections. */
export interface HttpLimits {
  /** Milliseconds for the head of a request to arrive. */
  readonly headersMs: number;
  /** Milliseconds for a whole request to arrive. */
  readonly requestMs: number;
  /** Milliseconds that an idle connection stays open. */
  readonly keepAliveMs: number;
  /** Connections at the same time; more are closed at once. */
  readonly connections: number;
}

export const defaultHttpLimits: HttpLimits = { headersMs: 10_000, requestMs: 60_000, keepAliveMs: 72_000, connections: 4096 };

/** Options of Node's servers that keep these bounds; for further listeners that hand their requests to the same application. */
export function listenerOptions(limits: HttpLimits = defaultHttpLimits) {
  const { headersMs, requestMs, keepAliveMs } = limits;
  return {
    requestTimeout: requestMs,
    headersTimeout: headersMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: 1000,
    maxHeaderSize: headBytes,
  } as const;
}

/** Structured log, one JSON object a line. */
export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where lines go; standard output by default. */
  readonly destination?: { write(line: string): void };
}

export interface ServerOptions {
  readonly app: App;
  /** Makes request ids: UUIDs. */
  readonly randomId: () => string;
  readonly log: LogOptions;
  readonly limits?: Partial<HttpLimits>;
  /** Requests of one account for one action within a second; 0 for no limit. */
  readonly requestsPerSecond?: number;
  readonly tencent?: Partial<GatewayOptions>;
  readonly alibaba?: Partial<AlibabaOptions>;
  /** Told of every answer of a cloud's API; must not throw. */
  readonly onAnswer?: (answer: Pick<CloudAnswer, 'action' | 'code'>, seconds: number) => void;
  /** Adds further routes, such as health and metrics. */
  readonly routes?: readonly ((server: FastifyInstance) => void)[];
}

// Node's own bound on a request's head; above the vendor's 32 KB for a query, so that we can say what is wrong.
const headBytes = 64 * 1024;

/**
 * The HTTP server: both clouds' gateways on `/`, whatever `routes` adds, and 404 for the rest. It does not listen yet. Closing it (`close()`) stops
 * accepting, lets running requests finish and closes idle connections. The gateway's path is served beside the framework, so `inject` does not
 * reach it.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const limits = { ...defaultHttpLimits, ...options.limits };
  const app = { ...options.app, store: shareVersions(options.app.store) };
  const keyring = createKeyring(app);
  const guard = createCallGuard(app, createRateLimit(options.requestsPerSecond ?? defaultRequestsPerSecond, app.clock));
  const tencent = createGateway(app, tencentProducts, { options: { ...defaultGatewayOptions, ...options.tencent }, keyring, guard });
  const alibaba = createAlibabaGateway({ app, products: alibabaProducts, options: { ...defaultAlibabaOptions, ...options.alibaba }, keyring, guard });
  let closing = false;
  const answerGateway = createGatewayListener(
    { tencent, alibaba },
    {
      bodyBytes: sizeLimits.postV3,
      randomId: options.randomId,
      isClosing: () => closing,
      report: (requestId, answer, milliseconds) => report(server, options, { requestId, answer, milliseconds }),
    },
  );
  const server = Fastify({
    logger: { level: options.log.level, base: null, ...(options.log.destination === undefined ? {} : { stream: options.log.destination }) },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: options.randomId,
    bodyLimit: otherBodyBytes,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    serverFactory: (answerOther) =>
      openHttp(limits, (request, response) => {
        takeOriginForm(request);
        (isForGateway(request) ? answerGateway : answerOther)(request, response);
      }),
    frameworkErrors: (_error, _request, reply) => notFound(reply),
    clientErrorHandler: (error, socket) => answerBrokenHttp(alibaba, { requestId: options.randomId(), error, socket }),
  });
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  // A connection whose request began before the server closes would be kept alive after its answer, and hold the server open.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });
  server.setNotFoundHandler((_request, reply) => notFound(reply));
  for (const addRoutes of options.routes ?? []) addRoutes(server);
  return server;
}

// Requests that came in the same turn of the event loop share one look at the store's version; whoever saw a change come about sends later than that.
function shareVersions(store: Store): Store {
  let asked: Promise<number> | undefined;
  const version = (): Promise<number> => {
    if (asked === undefined) {
      asked = store.version();
      setImmediate(() => {
        asked = undefined;
      });
    }
    return asked;
  };
  return { ...store, version };
}

/** The clouds' own bound. */
const defaultRequestsPerSecond = 20;

// Bodies of all paths but the gateways'.
const otherBodyBytes = 1024 * 1024;

function openHttp(limits: HttpLimits, listener: RequestListener): Server {
  const server = createHttpServer(
    {
      maxHeaderSize: headBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: 1000,
    },
    listener,
  );
  server.maxConnections = limits.connections;
  return server;
}

function report(
  server: FastifyInstance,
  options: ServerOptions,
  event: { readonly requestId: string; readonly answer: Omit<CloudAnswer, 'status' | 'headers'>; readonly milliseconds: number },
): void {
  const { requestId, milliseconds } = event;
  const { action, code, accountId, fault } = event.answer;
  options.onAnswer?.({ action, code }, milliseconds / 1000);
  if (fault !== undefined) server.log.error({ requestId, action, code, accountId, milliseconds, err: fault }, 'request failed');
  else if (options.log.level === 'debug') server.log.debug({ requestId, action, code, accountId, milliseconds }, 'request');
}

function notFound(reply: FastifyReply): void {
  reply.code(404).header('content-type', contentType).send(Buffer.from('{"error":"not found"}'));
}

interface BrokenHttp {
  readonly requestId: string;
  readonly error: { readonly code?: string; readonly rawPacket?: unknown };
  readonly socket: Socket;
}

// HTTP that Node's parser refuses never becomes a request. One too large is answered as the API answers, since SDKs can send one; which API's, as far as the last piece
// of its head tells.
function answerBrokenHttp(alibaba: AlibabaGateway, { requestId, error, socket }: BrokenHttp): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || isFailedTls(socket)) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const head = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : '';
  if (tooLarge && isAlibabaHead(head)) {
    const host = /^host:[ \t]*([\w.:[\]-]{1,255})/im.exec(head)?.[1] ?? '';
    const { headers, body } = alibaba.refuseSize({ method: 'GET', query: '', headers: { host }, body: Buffer.alloc(0) }, requestId);
    writeLast(socket, { status: '413 Payload Too Large', headers, body });
    return;
  }
  const status = tooLarge ? '200 OK' : late ? '408 Request Timeout' : '400 Bad Request';
  const body = errorEnvelope(requestId, refuse(tooLarge ? 'RequestSizeLimitExceeded' : 'InvalidParameter'), 'en');
  writeLast(socket, { status, headers: { 'content-type': contentType }, body });
}

// Who did not get through the handshake cannot read an answer.
function isFailedTls(socket: Socket): boolean {
  return socket instanceof TLSSocket && socket.getCipher() === undefined;
}

interface LastAnswer {
  readonly status: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function writeLast(socket: Socket, { status, headers, body }: LastAnswer): void {
  const lines = Object.entries({ ...headers, 'content-length': body.length, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`);
  socket.end(body);
}
