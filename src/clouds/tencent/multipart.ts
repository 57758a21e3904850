import { isUtf8 } from 'node:buffer';
import { nestFlat } from '../flat.ts';
import type { HttpRequest } from '../http-request.ts';
import { parseJsonText } from '../json.ts';
import type { Parameters } from '../parameters.ts';
import type { Refusal } from '../refusal.ts';
import { isRefusal } from '../refusal.ts';
import type { TencentCode } from './errors.ts';
import { refuse } from './errors.ts';
import type { RawInput } from './input.ts';

const mostFields = 16_384;
/** Bytes of the head of one field. */
const mostHead = 4096;

/**
 * Input out of a body of `multipart/form-data`: a field for each parameter, its name flat (`Filters.0.Name`), or a list or an object as JSON in one field. File names and types of
 * fields count for nothing, since no action takes a file. What is no such body is InvalidRequest. (RFC 7578, without what stands before and after the fields.)
 */
export function readMultipart(http: HttpRequest, parameters: Parameters): RawInput | Refusal<TencentCode> {
  const fields = readFields(http);
  if (isRefusal(fields)) return fields;
  const nested = nestFlat(fields);
  if ('misfit' in nested) return malformed('a field has a name that cannot be read');
  const members: [string, unknown][] = [];
  for (const [name, value] of nested) {
    const { kind } = (Object.hasOwn(parameters, name) ? parameters[name] : undefined) ?? {};
    const isJson = (kind === 'list' || kind === 'object') && typeof value === 'string' && value !== '';
    // What is no JSON stays text, which the parameter then refuses by its name.
    members.push([name, isJson ? (parseJsonText(value) ?? value) : value]);
  }
  return Object.fromEntries(members);
}

function malformed(reason: string): Refusal<TencentCode> {
  return refuse('InvalidRequest', { en: `The multipart body cannot be parsed: ${reason}.`, zh: `multipart/form-data 格式的请求内容无法解析：${reason}。` });
}

function readFields(http: HttpRequest): ReadonlyMap<string, string> | Refusal<TencentCode> {
  const { body } = http;
  const [, quoted, plain] = /;[ \t]*boundary=(?:"([^"\r\n]{1,70})"|([^;"\s]{1,70}))/i.exec(http.headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) return malformed('its type names no boundary');
  const first = Buffer.from(`--${boundary}`, 'latin1');
  if (!body.subarray(0, first.length).equals(first)) return malformed('it does not begin with its boundary');
  const fields = new Map<string, string>();
  let at = first.length;
  while (body.toString('latin1', at, at + 2) === '\r\n') {
    const field = readField(body, at + 2, `\r\n--${boundary}`);
    if (isRefusal(field)) return field;
    if (fields.has(field.name)) return malformed('a field stands twice');
    if (fields.size === mostFields) return malformed(`it has more than ${mostFields} fields`);
    fields.set(field.name, field.value);
    at = field.end;
  }
  return /^--(?:\r\n)?$/.test(body.toString('latin1', at, at + 5)) ? fields : malformed('it does not end with its boundary');
}

interface Field {
  readonly name: string;
  readonly value: string;
  /** Where its delimiter ends. */
  readonly end: number;
}

function readField(body: Buffer, start: number, delimiter: string): Field | Refusal<TencentCode> {
  const headEnd = body.subarray(start, start + mostHead).indexOf('\r\n\r\n');
  const valueStart = start + headEnd + 4;
  const valueEnd = headEnd === -1 ? -1 : body.indexOf(delimiter, valueStart, 'latin1');
  if (valueEnd === -1) return malformed('a field has no end');
  const head = body.toString('utf8', start, start + headEnd);
  const name = /^content-disposition:[ \t]*form-data;(?:[^\r\n]*;)?[ \t]*name="([^"\r\n]{1,512})"/im.exec(head)?.[1];
  const value = body.subarray(valueStart, valueEnd);
  if (name === undefined) return malformed('a field has no name');
  if (!isUtf8(value)) return malformed('a field is not UTF-8');
  return { name, value: value.toString('utf8'), end: valueEnd + delimiter.length };
}
