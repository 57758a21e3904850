import { randomBytes } from 'node:crypto';
import type { App } from '#app/app.ts';
import { LazaretError } from '#domain/error.ts';
import type { AuditedCall, CallGuard } from '../call-guard.ts';
import type { Chain } from '../chain.ts';
import { startChain } from '../chain.ts';
import type { HttpRequest } from '../http-request.ts';
import { baseUrlOf, header1 } from '../http-request.ts';
import type { Key, Keyring } from '../keyring.ts';
import type { Call, Language, Operation } from '../operation.ts';
import type { InputOf, Parameters } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import { isRefusal } from '../refusal.ts';
import { refusalOf, refuse, statusOf } from './errors.ts';
import { readInput } from './input.ts';
import type { AlibabaProduct } from './product.ts';
import type { SignedRequest } from './request.ts';
import { readSigned } from './request.ts';
import { cdata, escapeXml, xmlDocument } from './xml.ts';

export interface AlibabaOptions {
  /** Milliseconds by which a client's clock may differ, and for which a nonce is remembered. */
  readonly freshMs: number;
}

/** The vendor's own bounds. */
export const defaultAlibabaOptions: AlibabaOptions = { freshMs: 15 * 60_000 };

/** What came of a request. */
export interface AlibabaAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** 'unknown' unless a product has the action. */
  readonly action: string;
  /** 'OK' or the error code. */
  readonly code: string;
  /** '' before the key is known. */
  readonly accountId: string;
  /** What went wrong inside, for the log; the caller is told only that something did. */
  readonly fault: unknown;
}

/** Answers requests of the vendor's RPC style. Never rejects. */
export interface AlibabaGateway {
  /** The steps a request goes through, in order. */
  readonly steps: readonly string[];
  handle(http: HttpRequest, requestId: string): Promise<AlibabaAnswer>;
  /** The answer to a body that was too large to be kept. */
  refuseSize(http: HttpRequest, requestId: string): AlibabaAnswer;
}

export interface AlibabaContext {
  readonly app: App;
  readonly products: readonly AlibabaProduct[];
  readonly options: AlibabaOptions;
  readonly keyring: Keyring;
  readonly guard: CallGuard;
}

export function createAlibabaGateway(context: AlibabaContext): AlibabaGateway {
  const chain = gatewayChain(context);
  return {
    steps: chain.names,
    refuseSize: (http, id) => refusalAnswer(startWriting(http, id), refuse('RequestTooLarge')),
    async handle(http, id) {
      const writing = startWriting(http, id);
      const { trail, requestId } = writing;
      try {
        const result = await chain.run({ http, trail, requestId });
        return isRefusal(result) ? refusalAnswer(writing, result) : answerOf(writing, result);
      } catch (fault) {
        return { ...refusalAnswer(writing, refuse('InternalError')), fault };
      }
    },
  };
}

// What the log and the metrics are told, also of a request that is refused half-way.
interface Trail {
  action: string;
  product: string;
  accountId: string;
}

interface Arrived {
  readonly http: HttpRequest;
  readonly trail: Trail;
  readonly requestId: string;
}

interface Signed extends Arrived {
  readonly signed: SignedRequest;
}

interface Named extends Signed {
  readonly product: AlibabaProduct;
  readonly operation: Operation;
}

interface Owned extends Named {
  readonly key: Key;
}

interface Ready extends Owned {
  readonly input: InputOf<Parameters>;
}

function gatewayChain(context: AlibabaContext): Chain<Arrived, object> {
  return startChain<Arrived>()
    .add('method', (value) => (value.http.method === 'GET' || value.http.method === 'POST' ? value : refuse('UnsupportedHTTPMethod')))
    .add('format', (value) => (formatOf(value.http) === undefined ? refuse('InvalidParameter.Format') : value))
    .add('common parameters', readCommon)
    .add('version and action', (value) => findOperation(context, value))
    .add('key', (value) => findKey(context, value))
    .add('clock', (value) => (Math.abs(context.app.clock() - value.signed.timestamp) <= context.options.freshMs ? value : refuse('InvalidTimeStamp.Expired')))
    .add('signature', (value) => value.signed.check(value.key.secretKey) ?? value)
    .add('token', (value) => (value.signed.token === '' ? value : refuse('InvalidSecurityToken.Malformed')))
    .add('nonce', (value) => useNonce(context, value))
    .add('permission and rate', (value) => admit(context, value))
    .add('input', (value) => readOperationInput(context, value))
    .add('answer', (value) => answer(context, value));
}

function readCommon(value: Arrived): Signed | Refusal {
  const signed = readSigned(value.http);
  return isRefusal(signed) ? signed : { ...value, signed };
}

function findOperation({ products }: AlibabaContext, value: Signed): Named | Refusal {
  const { action, version } = value.signed;
  const product = products.find((one) => one.version === version);
  if (product === undefined) return refuse('InvalidVersion');
  const operation = product.operations.find((one) => one.action === action);
  value.trail.product = product.name;
  if (operation === undefined) return refuse('InvalidAction.NotFound');
  value.trail.action = action;
  return { ...value, product, operation };
}

async function findKey({ app, keyring }: AlibabaContext, value: Named): Promise<Owned | Refusal> {
  const found = keyring.find(value.signed.accessKeyId, await app.store.version());
  const key = found instanceof Promise ? await found : found;
  return key === undefined ? refuse('InvalidAccessKeyId.NotFound') : { ...value, key };
}

// Only who signed well gets here, so nobody can fill the book of nonces.
async function useNonce({ app, options }: AlibabaContext, value: Owned): Promise<Owned | Refusal> {
  const { accessKeyId, nonce } = value.signed;
  const now = app.clock();
  // A timestamp from the future is good for longer.
  const isNew = await app.store.nonces.use(accessKeyId, nonce, { at: now, until: Math.max(now, value.signed.timestamp) + options.freshMs });
  return isNew ? value : refuse('SignatureNonceUsed');
}

async function admit({ guard }: AlibabaContext, value: Owned): Promise<Owned | Refusal> {
  const { key, product, operation, trail } = value;
  trail.accountId = key.accountId;
  const action = `${product.policyPrefix}:${operation.action}`;
  const denied = guard.permit(key, action, [`acs:${product.policyPrefix}:*:${key.ownerId}:*`]);
  if (denied !== undefined) {
    if (operation.changes === true) await guard.recordDenied(auditOf(value), 'NoPermission');
    return { ...refuse('NoPermission'), detail: { AccessDeniedDetail: deniedDetail(value, denied) } };
  }
  const rate = guard.count(key.accountId, action);
  return rate.exceeded ? { ...refuse('Throttling.User'), headers: { 'x-acs-retry-after': String(rate.retryAfterMs) } } : value;
}

function deniedDetail({ key, product, operation }: Owned, denied: 'implicit-deny' | 'explicit-deny'): object {
  return {
    AuthAction: `${product.policyPrefix}:${operation.action}`,
    AuthPrincipalType: 'SubUser',
    AuthPrincipalDisplayName: key.name,
    AuthPrincipalOwnerId: key.ownerId,
    NoPermissionType: denied === 'explicit-deny' ? 'ExplicitDeny' : 'ImplicitDeny',
    PolicyType: 'AccountLevelIdentityBasedPolicy',
  };
}

async function readOperationInput({ guard }: AlibabaContext, value: Owned): Promise<Ready | Refusal> {
  const input = readInput(value.operation.parameters, value.signed.pairs);
  if (!isRefusal(input)) return { ...value, input };
  if (value.operation.changes === true) await guard.record(auditOf(value), { code: input.refused, input: {} });
  return input;
}

async function answer({ app, guard }: AlibabaContext, value: Ready): Promise<object | Refusal> {
  const { operation, input } = value;
  let code = 'InternalError';
  try {
    const result = await run(operation, { call: callOf(app, value), input });
    code = isRefusal(result) ? result.refused : 'OK';
    return result;
  } finally {
    if (operation.changes === true) await guard.record(auditOf(value), { code, input });
  }
}

async function run(operation: Operation, { call, input }: { readonly call: Call; readonly input: InputOf<Parameters> }): Promise<object | Refusal> {
  try {
    return await operation.run(call, input);
  } catch (error) {
    if (error instanceof LazaretError && error.code !== 'internal') return refusalOf(error);
    throw error;
  }
}

function callOf(app: App, { http, signed, key }: Ready): Call {
  return {
    app,
    accountId: key.accountId,
    language: languageOf(signed),
    zoneMinutes: 8 * 60,
    baseUrl: baseUrlOf(http),
    caller: { keyId: signed.accessKeyId, address: http.peer?.address ?? '' },
  };
}

function languageOf({ pairs }: SignedRequest): Language {
  return pairs.get('Lang')?.toLowerCase().startsWith('en') === true ? 'en' : 'zh';
}

function auditOf({ key, http, operation, requestId }: Owned): AuditedCall {
  return { cloud: 'alibaba', accountId: key.accountId, keyId: key.secretId, address: http.peer?.address ?? '', action: operation.action, requestId };
}

// ------------------------------------------------------------ writing

type Format = 'json' | 'xml';

interface Writing {
  readonly http: HttpRequest;
  readonly requestId: string;
  readonly format: Format | undefined;
  readonly trail: Trail;
}

/** By the parameter Format, else by the Accept header; JSON by default. undefined for a format that there is not. */
function formatOf(http: HttpRequest): Format | undefined {
  const text = `${http.query}&${http.method === 'POST' ? http.body.toString('latin1', 0, 64 * 1024) : ''}`;
  const given = /(?:^|&)Format=([^&]{0,32})(?:&|$)/.exec(text)?.[1]?.toLowerCase();
  if (given !== undefined && given !== '') return given === 'json' || given === 'xml' ? given : undefined;
  const accept = header1(http, 'accept').toLowerCase();
  return accept.includes('xml') && !accept.includes('json') && !accept.includes('html') ? 'xml' : 'json';
}

function startWriting(http: HttpRequest, id: string): Writing {
  return { http, requestId: id.toUpperCase(), format: formatOf(http), trail: { action: 'unknown', product: '', accountId: '' } };
}

function answerOf(writing: Writing, members: object): AlibabaAnswer {
  const { requestId, format, trail } = writing;
  const whole = { RequestId: requestId, ...members };
  const text = format === 'xml' ? xmlDocument(`${trail.action}Response`, whole) : JSON.stringify(whole);
  return { status: 200, headers: headersOf(writing), body: Buffer.from(text), action: trail.action, code: 'OK', accountId: trail.accountId, fault: undefined };
}

function refusalAnswer(writing: Writing, refusal: Refusal): AlibabaAnswer {
  const { http, requestId, format, trail } = writing;
  const { refused: code, message, detail = {}, headers = {} } = refusal;
  const recommend = `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=${trail.product === '' ? 'Sas' : trail.product}&requestId=${requestId}`;
  const members = { RequestId: requestId, HostId: header1(http, 'host').slice(0, 255), Code: code, Message: message.en };
  const xml = () =>
    `<?xml version='1.0' encoding='UTF-8'?><Error>${Object.entries(members)
      .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
      .join('')}<Recommend>${cdata(recommend)}</Recommend></Error>`;
  const text = format === 'xml' ? xml() : JSON.stringify({ ...members, Recommend: recommend, ...detail });
  return {
    status: statusOf(code),
    headers: { ...headersOf(writing), ...headers },
    body: Buffer.from(text),
    action: trail.action,
    code,
    accountId: trail.accountId,
    fault: undefined,
  };
}

function headersOf({ requestId, format }: Writing): Record<string, string> {
  return {
    // Clients read an error as XML only by exactly this type.
    'content-type': format === 'xml' ? 'text/xml;charset=utf-8' : 'application/json;charset=utf-8',
    'x-acs-request-id': requestId,
    'x-acs-trace-id': randomBytes(16).toString('hex'),
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
  };
}
