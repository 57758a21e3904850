import type { Text } from '#domain/detection.ts';
import type { ErrorCode } from '#domain/error.ts';
import { LazaretError } from '#domain/error.ts';
import type { Refusal } from '../refusal.ts';
import { isForCaller } from '../refusal.ts';

/** The error codes that the gateway and its operations answer, with what each says when there is nothing more exact to say. */
export const codeTexts = {
  'AuthFailure.InvalidAuthorization': { en: 'The Authorization header is malformed.', zh: '请求头部的 Authorization 不符合规范。' },
  'AuthFailure.SecretIdNotFound': { en: 'The SecretId is unknown or disabled.', zh: '密钥不存在或已被禁用。' },
  'AuthFailure.SignatureExpire': { en: 'The signature has expired.', zh: '签名过期。' },
  'AuthFailure.SignatureFailure': { en: 'The signature does not match.', zh: '签名错误。' },
  'AuthFailure.TokenFailure': { en: 'The session token is not valid.', zh: 'Token 错误。' },
  'AuthFailure.UnauthorizedOperation': { en: 'The request is not authorized.', zh: '请求未授权。' },
  FailedOperation: { en: 'The operation failed.', zh: '操作失败。' },
  'FailedOperation.ErrAlreadyScanning': { en: 'A scan is already running.', zh: '正在扫描中。' },
  InternalError: { en: 'An internal error occurred.', zh: '内部错误。' },
  InvalidAction: { en: 'The action does not exist.', zh: '接口不存在。' },
  InvalidParameter: { en: 'A parameter is not valid.', zh: '参数错误。' },
  'InvalidParameter.InvalidFormat': { en: 'The format of a parameter is not valid.', zh: '参数格式错误。' },
  InvalidParameterValue: { en: 'The value of a parameter is not allowed.', zh: '参数取值错误。' },
  InvalidRequest: { en: 'The multipart body is malformed.', zh: 'multipart/form-data 格式错误。' },
  LimitExceeded: { en: 'A limit was exceeded.', zh: '超过配额限制。' },
  MissingParameter: { en: 'A required parameter is missing.', zh: '缺少参数。' },
  NoSuchVersion: { en: 'The version does not exist.', zh: '接口版本不存在。' },
  RequestLimitExceeded: { en: 'Too many requests.', zh: '请求的次数超过了频率限制。' },
  RequestSizeLimitExceeded: { en: 'The request is too large.', zh: '请求包超过限制大小。' },
  ResourceNotFound: { en: 'The resource does not exist.', zh: '资源不存在。' },
  ServiceUnavailable: { en: 'The service is temporarily unavailable.', zh: '当前服务暂时不可用。' },
  UnknownParameter: { en: 'The action does not define this parameter.', zh: '未知参数。' },
  UnsupportedOperation: { en: 'The operation is not supported.', zh: '操作不支持。' },
  UnsupportedProtocol: { en: 'Only GET and POST are supported.', zh: 'HTTP(S) 请求协议错误，只支持 GET 和 POST 请求。' },
} as const satisfies Record<string, Text>;

export type TencentCode = keyof typeof codeTexts;

/** Refuses with a code; without a text of its own it says what the code's table says. */
export function refuse(code: TencentCode, message: Text = codeTexts[code]): Refusal<TencentCode> {
  return { refused: code, message };
}

const codeOf: Record<ErrorCode, TencentCode> = {
  'invalid-input': 'InvalidParameter',
  'not-found': 'ResourceNotFound',
  // Nothing else that the operations do can meet a conflicting state.
  conflict: 'FailedOperation.ErrAlreadyScanning',
  unreachable: 'FailedOperation',
  corrupt: 'FailedOperation',
  limit: 'LimitExceeded',
  cancelled: 'FailedOperation',
  unavailable: 'ServiceUnavailable',
  internal: 'InternalError',
};

/** The vendor's code for an error of a use case, or for a fault. What went wrong inside is told to nobody outside. */
export function refusalOf(error: unknown): Refusal<TencentCode> {
  if (!isForCaller(error)) return refuse(error instanceof LazaretError ? codeOf[error.code] : codeOf.internal);
  const code = codeOf[error.code];
  const general = codeTexts[code];
  return refuse(code, { en: `${general.en.slice(0, -1)}: ${error.message}.`, zh: `${general.zh.slice(0, -1)}：${error.message}。` });
}
