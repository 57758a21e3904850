import type { App } from '#app/app.ts';
import type { AuditedCall, CallGuard } from '../call-guard.ts';
import type { Chain } from '../chain.ts';
import { startChain } from '../chain.ts';
import { nestFlat } from '../flat.ts';
import type { HttpRequest } from '../http-request.ts';
import { baseUrlOf, mediaType } from '../http-request.ts';
import { parseJsonObject } from '../json.ts';
import type { Key, Keyring } from '../keyring.ts';
import type { Operation } from '../operation.ts';
import type { InputOf, Parameters } from '../parameters.ts';
import type { Product } from '../product.ts';
import type { Refusal } from '../refusal.ts';
import { isRefusal } from '../refusal.ts';
import type { Answers } from './answers.ts';
import { createAnswers } from './answers.ts';
import { envelope, errorEnvelope } from './envelope.ts';
import type { TencentCode } from './errors.ts';
import { refusalOf, refuse } from './errors.ts';
import type { RawInput } from './input.ts';
import { readInput } from './input.ts';
import { readMultipart } from './multipart.ts';
import type { SignedRequest } from './request.ts';
import { checkMethod, checkSize, commonNames, languageOf, pairsOf, readSigned } from './request.ts';
import type { SignatureCheck } from './verify.ts';
import { createSignatureCheck } from './verify.ts';

export interface GatewayOptions {
  /** Seconds by which a client's clock may differ. */
  readonly clockSeconds: number;
  /** Whether clients may leave the body out of a version 3 signature. */
  readonly unsignedPayload: boolean;
  /** Minutes east of UTC of the times that are written without a zone. */
  readonly zoneMinutes: number;
  /** Bytes of answers kept for repetition; 0 keeps none. */
  readonly answerCacheBytes: number;
}

/** The vendor's own bounds; times in the vendor's own zone. */
export const defaultGatewayOptions: GatewayOptions = {
  clockSeconds: 300,
  unsignedPayload: true,
  zoneMinutes: 8 * 60,
  answerCacheBytes: 32 * 1024 * 1024,
};

/** What came of a request. The HTTP status is always 200: SDKs hide the code of an answer with another. */
export interface GatewayAnswer {
  readonly body: Buffer;
  /** 'unknown' unless a product has the action. */
  readonly action: string;
  /** 'OK' or the error code. */
  readonly code: 'OK' | TencentCode | string;
  /** '' before the key is known. */
  readonly accountId: string;
  /** What went wrong inside, for the log; the caller is told only that something did. */
  readonly fault: unknown;
}

/** Answers requests of the vendor's API 3.0. Never rejects. */
export interface Gateway {
  /** The steps a request goes through, in order. */
  readonly steps: readonly string[];
  handle(http: HttpRequest, requestId: string): Promise<GatewayAnswer>;
}

/** What a gateway works with besides the application. */
export interface GatewayParts {
  readonly options: GatewayOptions;
  readonly keyring: Keyring;
  readonly guard: CallGuard;
}

/** Opens a gateway for some products of the vendor. */
export function createGateway(app: App, products: readonly Product[], { options, ...shared }: GatewayParts): Gateway {
  const chain = gatewayChain({
    app,
    operations: indexOperations(products),
    options,
    keyring: shared.keyring,
    isSigned: createSignatureCheck(options),
    guard: shared.guard,
    answers: createAnswers(options.answerCacheBytes),
  });
  return {
    steps: chain.names,
    async handle(http, requestId) {
      const trail: Trail = { action: 'unknown', accountId: '', requestId };
      try {
        const result = await chain.run({ http, trail });
        if (!isRefusal(result)) return { body: envelope(requestId, result), code: 'OK', fault: undefined, action: trail.action, accountId: trail.accountId };
        return {
          body: errorEnvelope(requestId, result, languageOf(http)),
          code: result.refused,
          fault: undefined,
          action: trail.action,
          accountId: trail.accountId,
        };
      } catch (fault) {
        const refusal = refusalOf(fault);
        return { body: errorEnvelope(requestId, refusal, languageOf(http)), code: refusal.refused, fault, action: trail.action, accountId: trail.accountId };
      }
    },
  };
}

type OperationIndex = ReadonlyMap<string, ReadonlyMap<string, { readonly product: string; readonly operation: Operation }>>;

interface Context {
  readonly app: App;
  /** By version, then by action. */
  readonly operations: OperationIndex;
  readonly options: GatewayOptions;
  readonly keyring: Keyring;
  readonly isSigned: SignatureCheck;
  readonly guard: CallGuard;
  readonly answers: Answers;
}

// What the log and the metrics are told, also of a request that is refused half-way.
interface Trail {
  action: string;
  accountId: string;
  readonly requestId: string;
}

interface Arrived {
  readonly http: HttpRequest;
  readonly trail: Trail;
}

interface Signed extends Arrived {
  readonly signed: SignedRequest;
}

interface Named extends Signed {
  /** What stands before the action in policies. */
  readonly product: string;
  readonly operation: Operation;
}

interface Owned extends Named {
  /** The store's, as it was when the key was found. */
  readonly storeVersion: number;
  readonly key: Key;
  readonly accountId: string;
}

interface Ready extends Owned {
  readonly input: InputOf<Parameters>;
}

// The order in which the vendor checks is not documented; this one tells a caller nothing of what comes after the first thing that is wrong.
function gatewayChain(context: Context): Chain<Arrived, Buffer> {
  return startChain<Arrived>()
    .add('method', (value) => keep(value, checkMethod(value.http)))
    .add('size', (value) => keep(value, checkSize(value.http)))
    .add('common parameters', readCommon)
    .add('version and action', (value) => findOperation(context, value))
    .add('key', (value) => findKey(context, value))
    .add('clock', (value) => checkClock(context, value))
    .add('signature', (value) => (context.isSigned(value.signed, value.key.secretKey) ? value : refuse('AuthFailure.SignatureFailure')))
    .add('token', (value) => (value.signed.token === '' ? value : refuse('AuthFailure.TokenFailure')))
    .add('permission', (value) => checkPermission(context, value))
    .add('rate', (value) => checkRate(context, value))
    .add('input', (value) => readOperationInput(context, value))
    .add('answer', (value) => answer(context, value));
}

function keep<T>(value: T, checked: unknown): T | Refusal {
  return isRefusal(checked) ? checked : value;
}

function readCommon(value: Arrived): Signed | Refusal {
  const signed = readSigned(value.http);
  return isRefusal(signed) ? signed : { ...value, signed };
}

function findOperation(context: Context, value: Signed): Named | Refusal {
  const { action, version } = value.signed;
  const actions = context.operations.get(version);
  const service = serviceOf(value.signed);
  if (actions === undefined) {
    return refuse('NoSuchVersion', {
      en: `The service \`${service}\` has no version \`${quoted(version)}\`.`,
      zh: `服务 \`${service}\` 不存在版本 \`${quoted(version)}\`。`,
    });
  }
  const { product, operation } = actions.get(action) ?? {};
  if (product === undefined || operation === undefined) {
    return refuse('InvalidAction', {
      en: `The service \`${service}\` has no action \`${quoted(action)}\` in version \`${version}\`.`,
      zh: `服务 \`${service}\` 的版本 \`${version}\` 不存在接口 \`${quoted(action)}\`。`,
    });
  }
  value.trail.action = operation.action;
  return { ...value, product, operation };
}

function serviceOf(signed: SignedRequest): string {
  return quoted(signed.scheme === 'v3' ? signed.authorization.service : (signed.http.headers.host ?? '').split('.', 1)[0] || '-');
}

// The caller's own text in a message: short and printable.
function quoted(text: string): string {
  return text.slice(0, 64).replace(/[^\x20-\x7e]|`/g, '?');
}

async function findKey(context: Context, value: Named): Promise<Owned | Refusal> {
  const storeVersion = await context.app.store.version();
  const found = context.keyring.find(value.signed.secretId, storeVersion);
  const key = found instanceof Promise ? await found : found;
  if (key === undefined) return refuse('AuthFailure.SecretIdNotFound');
  return { ...value, storeVersion, key, accountId: key.accountId };
}

function checkClock(context: Context, value: Owned): Owned | Refusal {
  const difference = Math.abs(Math.floor(context.app.clock() / 1000) - value.signed.timestamp);
  if (difference <= context.options.clockSeconds) return value;
  const { clockSeconds } = context.options;
  return refuse('AuthFailure.SignatureExpire', {
    en: `The signature has expired: Timestamp and server time differ by more than ${clockSeconds} seconds.`,
    zh: `签名过期：Timestamp 与服务器时间相差超过 ${clockSeconds} 秒。`,
  });
}

async function refusePermission(context: Context, value: Owned): Promise<Refusal> {
  const action = policyAction(value);
  if (value.operation.changes === true) await context.guard.recordDenied(auditOf(value), 'AuthFailure.UnauthorizedOperation');
  return refuse('AuthFailure.UnauthorizedOperation', {
    en: `You are not authorized to perform operation (${action}), resource (*) has no permission.`,
    zh: `您没有执行操作（${action}）的权限，资源（*）无权限。`,
  });
}

function checkPermission(context: Context, value: Owned): Owned | Promise<Owned | Refusal> {
  // Only who signed well gets here, so the account's name can go to the log.
  value.trail.accountId = value.accountId;
  const { key, product } = value;
  // The vendor's policies write all of a product without its parts, or with the owner's number.
  const denied = context.guard.permit(key, policyAction(value), [`qcs::${product}:::*`, `qcs::${product}::uin/${key.ownerId}:*`]);
  return denied === undefined ? value : refusePermission(context, value);
}

function policyAction({ product, operation }: Named): string {
  return `${product}:${operation.action}`;
}

function checkRate(context: Context, value: Owned): Owned | Refusal {
  const { exceeded, count, limit } = context.guard.count(value.accountId, policyAction(value));
  if (!exceeded) return value;
  return refuse('RequestLimitExceeded', {
    en: `Your current request times equals to \`${count}\` in a second, which exceeds the limit of \`${limit}\`.`,
    zh: `当前一秒内的请求次数为 \`${count}\`，超过了频率限制 \`${limit}\`。`,
  });
}

function readOperationInput(context: Context, value: Owned): Ready | Refusal | Promise<Ready | Refusal> {
  const raw = rawInputOf(value);
  const input = isRefusal(raw) ? raw : readInput(value.operation.parameters, raw);
  if (!isRefusal(input)) return { ...value, input };
  return value.operation.changes === true ? recordChange(context, value, { code: input.refused, input: {} }).then(() => input) : input;
}

// What became of a call that changes something stands in the record before the caller is told.
async function recordChange(context: Context, value: Owned, outcome: { readonly code: string; readonly input: object }): Promise<void> {
  if (value.operation.changes === true) await context.guard.record(auditOf(value), outcome);
}

function auditOf({ accountId, signed, http, operation, trail }: Owned): AuditedCall {
  return {
    cloud: 'tencent',
    accountId,
    keyId: signed.secretId,
    address: http.peer?.address ?? '',
    action: operation.action,
    requestId: trail.requestId,
  };
}

function rawInputOf({ signed, operation }: Named): RawInput | Refusal {
  if (signed.scheme === 'v1') return nestedInput([...signed.pairs].filter(([name]) => !commonNames.has(name)));
  const { http } = signed;
  if (http.method === 'GET') {
    const pairs = pairsOf(http.query);
    return isRefusal(pairs) ? pairs : nestedInput(pairs);
  }
  if (mediaType(http) === 'multipart/form-data') return readMultipart(http, operation.parameters);
  if (mediaType(http) !== 'application/json') {
    return refuse('InvalidParameter', { en: 'The Content-Type must be application/json.', zh: 'Content-Type 必须是 application/json。' });
  }
  const parsed = parseJsonObject(http.body);
  if ('members' in parsed) return parsed.members;
  return refuse('InvalidParameter', { en: `The request cannot be parsed: ${parsed.reason}.`, zh: `无法解析请求：${parsed.reason}。` });
}

function nestedInput(pairs: Iterable<readonly [string, string]>): RawInput | Refusal {
  const nested = nestFlat(pairs);
  if (!('misfit' in nested)) return nested;
  const { misfit } = nested;
  return refuse('InvalidParameter', { en: `The parameter \`${quoted(misfit)}\` is malformed.`, zh: `参数 \`${quoted(misfit)}\` 格式错误。` });
}

// The last step, and the only one whose value leaves the chain: the tail of the answer's body.
function answer(context: Context, value: Ready): Buffer | Promise<Buffer | Refusal> {
  const call = {
    app: context.app,
    accountId: value.accountId,
    language: languageOf(value.http),
    zoneMinutes: context.options.zoneMinutes,
    baseUrl: baseUrlOf(value.http),
    requestsPerSecond: context.guard.requestsPerSecond,
    caller: { keyId: value.signed.secretId, address: value.http.peer?.address ?? '' },
  };
  const answered = context.answers.answer(call, value, value.storeVersion);
  return value.operation.changes === true ? recorded(context, value, answered) : answered;
}

async function recorded(context: Context, value: Ready, answered: Buffer | Promise<Buffer | Refusal>): Promise<Buffer | Refusal> {
  let code: string = '';
  try {
    const result = await answered;
    code = isRefusal(result) ? result.refused : 'OK';
    return result;
  } catch (fault) {
    code = refusalOf(fault).refused;
    throw fault;
  } finally {
    await recordChange(context, value, { code, input: value.input });
  }
}

function indexOperations(products: readonly Product[]): OperationIndex {
  return new Map(products.map(({ name, version, operations }) => [version, new Map(operations.map((one) => [one.action, { product: name, operation: one }]))]));
}
