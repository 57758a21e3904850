import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { mediaTypes, type TestImage } from './images.ts';

/** What a fake registry or a server in front of a real one was asked, in order. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly range: string;
}

export interface TestServer {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly seen: readonly Seen[];
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A server on loopback for one test, closed with it. */
export async function serve(context: TestContext, handler: Handler): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, authorization: headers.authorization ?? '', range: headers.range ?? '' });
    // A client that goes away is no fault of the server's.
    response.on('error', () => undefined);
    void handler(request, response);
  });
  await listen(server);
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** What a fake registry holds: blobs and manifests of every repository, and what tags name. */
export interface Holdings {
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** Digest of the manifest or index by tag. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Holdings of one image under one tag. */
export function holding(image: TestImage, tag = '1'): Holdings {
  return { blobs: image.blobs, tags: { [tag]: image.manifestDigest } };
}

/** Answers as a registry does, with ranges. */
export function registryHandler(holdings: Holdings): Handler {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://registry.invalid');
    if (pathname === '/v2/') return void response.end('{}');
    const [, kind, name] = /\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
    const digest = kind === 'manifests' ? (holdings.tags[name ?? ''] ?? name) : name;
    const bytes = holdings.blobs.get(digest ?? '');
    if (bytes === undefined) return void response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}');
    if (kind === 'manifests') response.setHeader('docker-content-digest', digest ?? '');
    response.setHeader('content-type', kind === 'manifests' ? mediaTypes.manifest : 'application/octet-stream');
    sendRange(request, response, bytes);
  };
}

/** Sends bytes, or the range of them that was asked for. */
export function sendRange(request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const start = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? -1);
  if (start < 0) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  if (start >= bytes.length) return void response.writeHead(416).end();
  const part = bytes.subarray(start);
  response.writeHead(206, { 'content-length': part.length, 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }).end(part);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
