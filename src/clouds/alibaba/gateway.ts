import type { App } from '#app/app.ts';
import type { AuditedCall, CallGuard } from '../call-guard.ts';
import type { Chain } from '../chain.ts';
import { startChain } from '../chain.ts';
import type { HttpRequest } from '../http-request.ts';
import { baseUrlOf } from '../http-request.ts';
import type { Key, Keyring } from '../keyring.ts';
import type { Call, Language, Operation } from '../operation.ts';
import type { InputOf, Parameters } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import { isForCaller, isRefusal } from '../refusal.ts';
import type { AlibabaAnswer, Trail } from './answer.ts';
import { refusalAnswer, startWriting, successAnswer } from './answer.ts';
import { refusalOf, refuse } from './errors.ts';
import { readInput } from './input.ts';
import type { AlibabaProduct } from './product.ts';
import type { SignedRequest } from './request.ts';
import { mostBodyBytes, readSigned } from './request.ts';

export interface AlibabaOptions {
  /** Milliseconds by which a client's clock may differ, and for which a nonce is remembered. */
  readonly freshMs: number;
}

/** The vendor's own bounds. */
export const defaultAlibabaOptions: AlibabaOptions = { freshMs: 15 * 60_000 };

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
      const { trail, requestId, format } = writing;
      try {
        const result = await chain.run({ http, trail, requestId, hasFormat: format !== undefined });
        return isRefusal(result) ? refusalAnswer(writing, result) : successAnswer(writing, result);
      } catch (fault) {
        return { ...refusalAnswer(writing, refusalOf(fault)), fault };
      }
    },
  };
}

interface Arrived {
  readonly http: HttpRequest;
  readonly trail: Trail;
  readonly requestId: string;
  /** False when it asks for a format that there is not. */
  readonly hasFormat: boolean;
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
    .add('size', (value) => (value.http.body.length > mostBodyBytes ? refuse('RequestTooLarge') : value))
    .add('format', (value) => (value.hasFormat ? value : refuse('InvalidParameter.Format')))
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
  if (key !== undefined) return { ...value, key };
  const known = await app.store.keys.find(value.signed.accessKeyId);
  return refuse(known === undefined ? 'InvalidAccessKeyId.NotFound' : 'InvalidAccessKeyId.Inactive');
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
  let code: string = '';
  try {
    const result = await run(operation, { call: callOf(app, value, guard.requestsPerSecond), input });
    code = isRefusal(result) ? result.refused : 'OK';
    return result;
  } catch (fault) {
    code = refusalOf(fault).refused;
    throw fault;
  } finally {
    if (operation.changes === true) await guard.record(auditOf(value), { code, input });
  }
}

async function run(operation: Operation, { call, input }: { readonly call: Call; readonly input: InputOf<Parameters> }): Promise<object | Refusal> {
  try {
    return await operation.run(call, input);
  } catch (error) {
    if (isForCaller(error)) return refusalOf(error);
    throw error;
  }
}

function callOf(app: App, { http, signed, key }: Ready, requestsPerSecond: number): Call {
  return {
    app,
    accountId: key.accountId,
    language: languageOf(signed),
    zoneMinutes: 8 * 60,
    baseUrl: baseUrlOf(http),
    requestsPerSecond,
    caller: { keyId: signed.accessKeyId, address: http.peer?.address ?? '' },
  };
}

function languageOf({ pairs }: SignedRequest): Language {
  return pairs.get('Lang')?.toLowerCase().startsWith('en') === true ? 'en' : 'zh';
}

function auditOf({ key, http, operation, requestId }: Owned): AuditedCall {
  return { cloud: 'alibaba', accountId: key.accountId, keyId: key.secretId, address: http.peer?.address ?? '', action: operation.action, requestId };
}
