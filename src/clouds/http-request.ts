import type { IncomingHttpHeaders } from 'node:http';

/** A request as HTTP brought it. */
export interface HttpRequest {
  readonly method: string;
  /** What follows the `?`, exactly as received; ''. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whom the request came from, and whether over TLS. */
  readonly peer?: { readonly address: string; readonly isSecure: boolean };
}

/** One header as text; '' when it is absent. Node joins repeated ones. */
export function header1(http: HttpRequest, name: string): string {
  const value = http.headers[name];
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}

/** The body's media type, lower case, without parameters. */
export function mediaType(http: HttpRequest): string {
  const value = http.headers['content-type'] ?? '';
  const end = value.indexOf(';');
  return (end === -1 ? value : value.slice(0, end)).trim().toLowerCase();
}

/** How the caller reached the server, as links in answers begin. */
export function baseUrlOf(http: HttpRequest): string {
  const host = header1(http, 'host').trim();
  return `${http.peer?.isSecure === true ? 'https' : 'http'}://${/^[\w.:[\]-]{1,255}$/.test(host) ? host : 'localhost'}`;
}
