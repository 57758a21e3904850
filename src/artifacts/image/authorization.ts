import { LazaretError } from '#domain/error.ts';
import { type Credentials, type Environment, findCredentials } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { parseJson } from './manifest.ts';
import { isLoopback } from './reference.ts';

const tokenBytes = 1024 * 1024;

export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What is needed to answer a registry's challenge. */
export interface AuthorizationContext {
  readonly host: string;
  /** What is asked for, as token servers spell it; ours to say, not the registry's. */
  readonly scope: string;
  /** What to show; null for nothing. Where it is left out, the Docker configuration is asked, for exactly this host. */
  readonly credentials?: Credentials | null;
  readonly exchange: Exchange;
  readonly environment: Environment;
  readonly insecure: boolean;
}

/**
 * The Authorization header that answers a registry's 401. Credentials are looked up only now. Errors:
 * `unreachable` where the registry wants what we have not, or its token server is at an address that is not allowed.
 */
export async function authorize(challenges: readonly Challenge[], context: AuthorizationContext, signal: AbortSignal): Promise<string> {
  const { host } = context;
  const credentials = await credentialsOf(context, signal);
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
  if (bearer !== undefined) return `Bearer ${await fetchToken(bearer, credentials, context, signal)}`;
  if (!challenges.some((challenge) => challenge.scheme === 'basic'))
    throw new LazaretError('unreachable', `${host} asks for a kind of log-in that is not supported`);
  const header = basicHeader(credentials);
  if (header === undefined) throw new LazaretError('unreachable', `${host} asks for a user and password; ${waysToLogIn(context)}`);
  return header;
}

/** What the registry is shown; undefined for nothing. */
export async function credentialsOf(
  { host, credentials, environment }: Pick<AuthorizationContext, 'host' | 'credentials' | 'environment'>,
  signal: AbortSignal,
): Promise<Credentials | undefined> {
  return credentials === undefined ? findCredentials(host, environment, signal) : (credentials ?? undefined);
}

/** What a person can do about a registry that refuses. */
export function waysToLogIn({ host, credentials }: Pick<AuthorizationContext, 'host' | 'credentials'>): string {
  if (credentials === undefined) return `log in with: docker login ${host}`;
  return credentials === null ? 'the registry is known without a user and password' : 'check the user and password that the registry is known with';
}

/** Reads a WWW-Authenticate header: schemes in lower case with their parameters. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  // A scheme stands alone; a parameter has an equals sign and a quoted or bare value.
  const pattern = /([A-Za-z][A-Za-z0-9_-]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, name = '', quoted, bare] of header.slice(0, 8192).matchAll(pattern)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    else Object.assign(challenges.at(-1)?.parameters ?? {}, { [name.toLowerCase()]: value });
  }
  return challenges;
}

async function fetchToken(challenge: Challenge, credentials: Credentials | undefined, context: AuthorizationContext, signal: AbortSignal): Promise<string> {
  const { host, scope } = context;
  const realm = realmOf(challenge, context);
  const service = challenge.parameters['service'] ?? '';
  const answer = await context.exchange.send(tokenRequest(realm, { service, scope }, credentials), signal);
  const { statusCode } = answer.response;
  if (statusCode !== 200) {
    answer.response.destroy();
    const advice =
      context.credentials === undefined && credentials !== undefined ? 'check the user and password of your last docker login' : waysToLogIn(context);
    throw new LazaretError('unreachable', `${realm.host} gives no token for ${scope} of ${host} (status ${statusCode}); ${advice}`);
  }
  const json = parseJson(`the token of ${realm.host}`, await context.exchange.text(`the token of ${realm.host}`, answer, tokenBytes, signal));
  const token = json['token'] ?? json['access_token'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) throw new LazaretError('unreachable', `${realm.host} answers without a token`);
  return token;
}

function realmOf(challenge: Challenge, { host, insecure }: AuthorizationContext): URL {
  const text = challenge.parameters['realm'] ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plainAllowed = insecure || (isLoopback(host) && url !== undefined && isLoopback(url.host));
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && plainAllowed))) {
    throw new LazaretError('unreachable', `${host} names a token server that is not reached over HTTPS; credentials are not sent there`);
  }
  url.username = '';
  url.password = '';
  return url;
}

function tokenRequest(
  realm: URL,
  question: { readonly service: string; readonly scope: string },
  credentials: Credentials | undefined,
): Parameters<Exchange['send']>[0] {
  if (credentials !== undefined && 'identityToken' in credentials) {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: credentials.identityToken, client_id: 'lazaret', ...question });
    return { url: realm, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(question)) if (value !== '') url.searchParams.set(name, value);
  const header = basicHeader(credentials);
  return { url, headers: header === undefined ? {} : { authorization: header } };
}

/** The header that shows a user and password at once; undefined where there are none. */
export function basicHeader(credentials: Credentials | undefined): string | undefined {
  if (credentials === undefined || 'identityToken' in credentials) return undefined;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}
