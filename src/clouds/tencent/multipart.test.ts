import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpRequest } from '../http-request.ts';
import type { Parameters } from '../parameters.ts';
import { isRefusal } from '../refusal.ts';
import { readInput } from './input.ts';
import { readMultipart } from './multipart.ts';

const parameters = {
  ImageID: { kind: 'text', max: 20 },
  Limit: { kind: 'integer', min: 0, max: 10 },
  Images: { kind: 'list', max: 3, item: { kind: 'text', max: 20 } },
  Filter: { kind: 'object', fields: { Name: { kind: 'text', max: 20 } } },
} as const satisfies Parameters;

function form(body: string | Buffer, type = 'multipart/form-data; boundary=b1'): HttpRequest {
  return { method: 'POST', query: '', headers: { 'content-type': type }, body: Buffer.from(body) };
}

function field(name: string, value: string, more = ''): string {
  return `--b1\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}

function read(body: string | Buffer, type?: string): unknown {
  const raw = readMultipart(form(body, type), parameters);
  const input = isRefusal(raw) ? raw : readInput(parameters, raw);
  return isRefusal(input) ? input.refused : input;
}

const nothing = { ImageID: undefined, Limit: undefined, Images: undefined, Filter: undefined };

test('fields become parameters, flat or as JSON', () => {
  const flat = `${field('ImageID', 'a\r\n--b=1&中')}${field('Limit', '2')}${field('Images.0', 'x')}${field('Images.1', 'y')}${field('Filter.Name', 'n')}--b1--\r\n`;
  const wanted = { ImageID: 'a\r\n--b=1&中', Limit: 2, Images: ['x', 'y'], Filter: { Name: 'n' } };
  assert.deepEqual(read(flat), wanted);
  assert.deepEqual(read(`${field('Images', '["x","y"]')}${field('Filter', '{"Name":"n"}')}--b1--`), { ...nothing, Images: ['x', 'y'], Filter: { Name: 'n' } });
  assert.deepEqual(read(`${field('ImageID', '["x"]', '; filename="f"\r\nContent-Type: application/octet-stream')}--b1--\r\n`), {
    ...nothing,
    ImageID: '["x"]',
  });
  assert.deepEqual(read('--b1--\r\n'), nothing);
  assert.deepEqual(read(`${field('Limit', '')}--b1--\r\n`), nothing);
  assert.deepEqual(read('--b 1\r\nContent-Disposition: form-data; name="Limit"\r\n\r\n1\r\n--b 1--', 'Multipart/Form-Data; charset=utf-8; boundary="b 1"'), {
    ...nothing,
    Limit: 1,
  });
});

test('what is no multipart body is refused as such', () => {
  const broken: readonly (string | Buffer)[] = [
    '',
    '--',
    '--b1',
    '--b1\r\n',
    '--b2--\r\n',
    '{}',
    ` ${field('Limit', '1')}--b1--`,
    field('Limit', '1'),
    `${field('Limit', '1')}--b1`,
    `${field('Limit', '1')}--b1--more`,
    `${field('Limit', '1')}${field('Limit', '1')}--b1--`,
    '--b1\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b1--',
    '--b1\r\nContent-Disposition: form-data; name=""\r\n\r\n1\r\n--b1--',
    '--b1\r\nContent-Disposition: attachment; name="Limit"\r\n\r\n1\r\n--b1--',
    '--b1\r\n\r\n1\r\n--b1--',
    `--b1\r\nX: ${'x'.repeat(5000)}\r\nContent-Disposition: form-data; name="Limit"\r\n\r\n1\r\n--b1--`,
    Buffer.concat([Buffer.from('--b1\r\nContent-Disposition: form-data; name="ImageID"\r\n\r\n'), Buffer.from([0xff]), Buffer.from('\r\n--b1--')]),
    `${Array.from({ length: 16_385 }, (_, at) => field(`F${at}`, '')).join('')}--b1--`,
    `${field('Images.0.1', '1')}${field('Images.0', '1')}--b1--`,
  ];
  for (const body of broken) assert.equal(read(body), 'InvalidRequest', body.toString().slice(0, 100));
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=', `multipart/form-data; boundary=${'x'.repeat(71)}`])
    assert.equal(read('--b1--', type), 'InvalidRequest', type);
});

test('a field is refused by its name like any parameter', () => {
  assert.equal(read(`${field('Nothing', '1')}--b1--`), 'UnknownParameter');
  assert.equal(read(`${field('__proto__', '1')}--b1--`), 'UnknownParameter');
  assert.equal(read(`${field('constructor.prototype', '1')}--b1--`), 'UnknownParameter');
  assert.equal(read(`${field('Limit', '11')}--b1--`), 'InvalidParameterValue');
  for (const text of ['[', '["x"],"more":[1]', '{}', 'x', '['.repeat(40)]) assert.equal(read(`${field('Images', text)}--b1--`), 'InvalidParameter', text);
});

test('ten mebibytes of a hostile form are read in no time', () => {
  const started = performance.now();
  const size = 10 * 1024 * 1024;
  for (const piece of ['\r\n--b', '\r\n--b1\r\n', '--b1', field('a', '').replace('name="a"', ';name="'.repeat(500))]) {
    read(`--b1\r\nContent-Disposition: form-data; name="a"\r\n\r\n${piece.repeat(Math.floor(size / piece.length))}`);
  }
  assert.ok(performance.now() - started < 5000, String(performance.now() - started));
});
