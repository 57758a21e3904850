import type { Text } from '#domain/detection.ts';
import type { ErrorCode } from '#domain/error.ts';
import { LazaretError } from '#domain/error.ts';
import type { Refusal } from '../refusal.ts';
import { isForCaller } from '../refusal.ts';

interface CodeFacts extends Text {
  /** HTTP status. */
  readonly status: number;
}

/**
 * Codes that are not made from a parameter's name, with their status and what each says when there is nothing more exact to say. Statuses of the vendor's gateway table
 * (help page 60629); where its pages disagree, what clients were seen to get.
 */
export const codeFacts = {
  Conflict: { status: 400, en: 'The state of the resource does not allow the operation.', zh: '资源状态不允许该操作。' },
  GetResultFail: { status: 400, en: 'The result cannot be obtained.', zh: '获取结果失败。' },
  IllegalParam: { status: 400, en: 'Illegal param.', zh: '参数不合法。' },
  IncompleteSignature: { status: 400, en: 'The request signature does not conform to Aliyun standards.', zh: '请求签名不符合规范。' },
  'InvalidAccessKeyId.Inactive': { status: 400, en: 'Specified access key is disabled.', zh: '指定的 AccessKey 已被禁用。' },
  'InvalidAccessKeyId.NotFound': { status: 404, en: 'Specified access key is not found.', zh: '指定的 AccessKey 不存在。' },
  'InvalidAction.NotFound': {
    status: 404,
    en: 'Specified api is not found, please check your url and method.',
    zh: '指定的 API 不存在，请检查请求地址与方法。',
  },
  'InvalidParameter.Format': { status: 400, en: 'Specified parameter Format is not valid.', zh: '参数 Format 无效。' },
  'InvalidSecurityToken.Malformed': { status: 400, en: 'Specified SecurityToken is malformed.', zh: 'SecurityToken 格式错误。' },
  InvalidSignatureMethod: { status: 400, en: 'Specified signature method is not valid.', zh: '签名方法无效。' },
  'InvalidTimeStamp.Expired': { status: 400, en: 'Specified time stamp or date value is expired.', zh: '时间戳或日期已过期。' },
  'InvalidTimeStamp.Format': { status: 400, en: 'Specified time stamp or date value is not well formatted.', zh: '时间戳或日期格式错误。' },
  InvalidVersion: { status: 400, en: 'Specified parameter Version is not valid.', zh: '参数 Version 无效。' },
  LimitExceeded: { status: 400, en: 'A limit was exceeded.', zh: '超过限制。' },
  NoPermission: { status: 403, en: 'caller has no permission', zh: '调用者没有权限。' },
  RequestTooLarge: { status: 413, en: 'The request is too large.', zh: '请求过大。' },
  ResourceNotFound: { status: 404, en: 'The specified resource is not found.', zh: '指定的资源不存在。' },
  ServerError: { status: 500, en: 'ServerError', zh: '服务器错误。' },
  ServiceUnavailable: { status: 503, en: 'The request has failed due to a temporary failure of the server.', zh: '服务暂时不可用。' },
  SignatureDoesNotMatch: { status: 400, en: 'Specified signature is not matched with our calculation.', zh: '签名不匹配。' },
  SignatureNonceUsed: { status: 400, en: 'Specified signature nonce was used already.', zh: '签名随机数已被使用。' },
  'Throttling.User': { status: 400, en: 'Request was denied due to user flow control.', zh: '请求因用户流控被拒绝。' },
  UnsupportedHTTPMethod: { status: 400, en: 'This http method is not supported.', zh: '不支持该 HTTP 方法。' },
  UnsupportedOperation: { status: 400, en: 'The operation is not supported.', zh: '不支持该操作。' },
} as const satisfies Record<string, CodeFacts>;

type FixedCode = keyof typeof codeFacts;

/** A code of the table, or one made of a parameter's name: `MissingPageSize`, `InvalidCurrentPage`. */
export type AlibabaCode = FixedCode | `Missing${string}` | `Invalid${string}`;

function isFixed(code: string): code is FixedCode {
  return Object.hasOwn(codeFacts, code);
}

/** HTTP status of a code; 400 for those made of a parameter's name. */
export function statusOf(code: string): number {
  return isFixed(code) ? codeFacts[code].status : 400;
}

/** Refuses with a code; without a text of its own it says what the table says, or names the parameter that the code is made of. */
export function refuse(code: AlibabaCode, message: Text = textOf(code)): Refusal<AlibabaCode> {
  const { en, zh } = message;
  return { refused: code, message: { en, zh } };
}

function textOf(code: AlibabaCode): Text {
  if (isFixed(code)) return codeFacts[code];
  const missing = /^Missing(?<name>.*)$/s.exec(code)?.groups?.['name'];
  if (missing !== undefined) return { en: `${missing} is mandatory for this action.`, zh: `缺少必填参数 ${missing}。` };
  const invalid = code.slice('Invalid'.length);
  return { en: `Specified parameter ${invalid} is not valid.`, zh: `参数 ${invalid} 无效。` };
}

const codeOf: Record<ErrorCode, FixedCode> = {
  'invalid-input': 'IllegalParam',
  'not-found': 'ResourceNotFound',
  conflict: 'Conflict',
  unreachable: 'IllegalParam',
  corrupt: 'IllegalParam',
  limit: 'LimitExceeded',
  cancelled: 'Conflict',
  unavailable: 'ServiceUnavailable',
  internal: 'ServerError',
};

/** The vendor's code for an error of a use case, or for a fault. What went wrong inside is told to nobody outside. */
export function refusalOf(error: unknown): Refusal<AlibabaCode> {
  if (!isForCaller(error)) return refuse(error instanceof LazaretError ? codeOf[error.code] : codeOf.internal);
  const code = codeOf[error.code];
  const { en, zh } = codeFacts[code];
  return refuse(code, { en: `${en.replace(/\.$/, '')}: ${error.message}.`, zh: `${zh.replace(/。$/, '')}：${error.message}。` });
}
