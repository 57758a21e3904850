import { randomBytes } from 'node:crypto';
import type { HttpRequest } from '../http-request.ts';
import { header1 } from '../http-request.ts';
import type { Language } from '../operation.ts';
import type { Refusal } from '../refusal.ts';
import { statusOf } from './errors.ts';
import { cdata, xmlDocument } from './xml.ts';

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

/** What the log, the metrics and an error's links are told, also of a request that is refused half-way. */
export interface Trail {
  action: string;
  product: string;
  accountId: string;
}

type Format = 'json' | 'xml';

/** How one request is answered, known before anything of it is checked. */
export interface Writing {
  readonly http: HttpRequest;
  /** A UUID in upper case. */
  readonly requestId: string;
  /** undefined for a format that there is not; refusals are then JSON. */
  readonly format: Format | undefined;
  /** Of an error's message: Chinese only for who asks for it by name, since the vendor's own gateway was seen to say everything in English. */
  readonly language: Language;
  readonly trail: Trail;
}

/** Never fails, since refusals need it too. */
export function startWriting(http: HttpRequest, id: string): Writing {
  const language = commonText(http, 'Lang').startsWith('zh') ? 'zh' : 'en';
  return { http, requestId: id.toUpperCase(), format: formatOf(http), language, trail: { action: 'unknown', product: '', accountId: '' } };
}

/** By the parameter Format, else by the Accept header; JSON by default. */
function formatOf(http: HttpRequest): Format | undefined {
  const given = commonText(http, 'Format');
  if (given !== '') return given === 'json' || given === 'xml' ? given : undefined;
  const accept = header1(http, 'accept').toLowerCase();
  return accept.includes('xml') && !accept.includes('json') && !accept.includes('html') ? 'xml' : 'json';
}

// One plain parameter, in lower case, of a request that may be too broken to decode as a whole; '' when it is absent. The form goes before the query.
function commonText(http: HttpRequest, name: 'Format' | 'Lang'): string {
  const form = new RegExp(`(?:^|&)${name}=([^&]{0,32})(?=&|$)`);
  const inBody = http.method === 'POST' ? form.exec(http.body.toString('latin1', 0, lookedAt))?.[1] : undefined;
  return (inBody ?? form.exec(http.query)?.[1] ?? '').toLowerCase();
}

const lookedAt = 64 * 1024;

export function successAnswer(writing: Writing, members: object): AlibabaAnswer {
  const { requestId, format, trail } = writing;
  const whole = { RequestId: requestId, ...members };
  const text = format === 'xml' ? xmlDocument(`${trail.action}Response`, whole) : JSON.stringify(whole);
  return { status: 200, headers: headersOf(writing), body: Buffer.from(text), action: trail.action, code: 'OK', accountId: trail.accountId, fault: undefined };
}

export function refusalAnswer(writing: Writing, refusal: Refusal): AlibabaAnswer {
  const { http, requestId, format, trail, language } = writing;
  const { refused: code, message, detail = {}, headers = {} } = refusal;
  const product = trail.product === '' ? 'Sas' : trail.product;
  const recommend = `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}&product=${product}&requestId=${requestId}`;
  const members = { RequestId: requestId, HostId: header1(http, 'host').slice(0, 255), Code: code, Message: message[language], ...detail };
  const text =
    format === 'xml' ? xmlDocument('Error', members, `<Recommend>${cdata(recommend)}</Recommend>`) : JSON.stringify({ ...members, Recommend: recommend });
  const { action, accountId } = trail;
  return { status: statusOf(code), headers: { ...headersOf(writing), ...headers }, body: Buffer.from(text), action, code, accountId, fault: undefined };
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
