import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { uploadKeyOf } from '#app/upload-folder.ts';
import { makeUploadForm } from '#clouds/alibaba/upload-form.ts';
import type { HttpRequest } from '#clouds/http-request.ts';
import type { Operation } from '#clouds/operation.ts';
import type { Product } from '#clouds/product.ts';
import { alibabaProducts, tencentProducts } from '#clouds/products.ts';
import type { Vault } from '#lib/vault.ts';
import { alibabaV1, alibabaV3 } from './alibaba-request.ts';
import { flatten, type Mangling, mangledParameters } from './mangled-request.ts';
import type { WireRequest } from './pipeline.ts';
import { signedV1, signedV3 } from './signed-request.ts';

/** What sound requests are made with. */
export interface SoundGround {
  readonly key: { readonly secretId: string; readonly secretKey: string };
  readonly vault: Vault;
  /** A signed link to a file, from its path on. */
  readonly link: string;
  /** Texts for parameters, by name. */
  readonly sample: (name: string) => string;
}

type Parameters = Readonly<Record<string, unknown>>;
type Carrier = (
  ground: SoundGround,
  call: { readonly product: Product; readonly operation: Operation; readonly parameters: Parameters; readonly nonce: string },
) => HttpRequest;

const tencentCarriers: readonly Carrier[] = [
  ({ key }, { product, operation, parameters }) =>
    signedV3({ key, at: Date.now(), version: product.version, action: operation.action, body: JSON.stringify(parameters) }),
  ({ key }, { product, operation, parameters }) =>
    signedV3({ key, at: Date.now(), version: product.version, action: operation.action, method: 'GET', query: queryOf(flatten(parameters, 0)) }),
  ({ key }, { product, operation, parameters }) => {
    const form = { type: 'multipart/form-data; boundary=b', body: multipart(flatten(parameters, 0)) };
    return signedV3({ key, at: Date.now(), version: product.version, action: operation.action, ...form });
  },
  ({ key }, { product, operation, parameters }) =>
    signedV1({ key, at: Date.now(), version: product.version, action: operation.action }, Object.fromEntries(flatten(parameters, 0))),
];

const alibabaCarriers: readonly Carrier[] = [
  ({ key }, { product, operation, parameters, nonce }) =>
    alibabaV1({ key, at: Date.now(), nonce, version: product.version, action: operation.action, parameters: Object.fromEntries(flatten(parameters, 1)) }),
  ({ key }, { product, operation, parameters, nonce }) =>
    alibabaV3({ key, at: Date.now(), nonce, version: product.version, action: operation.action, parameters: Object.fromEntries(flatten(parameters, 1)) }),
  ({ key }, { product, operation, parameters, nonce }) =>
    alibabaV3({ key, at: Date.now(), nonce, version: product.version, action: operation.action, type: 'application/json', body: JSON.stringify(parameters) }),
];

interface Way {
  readonly product: Product;
  readonly operation: Operation;
  readonly carriers: readonly Carrier[];
}

const ways: readonly Way[] = [
  ...tencentProducts.map((product) => ({ product, carriers: tencentCarriers })),
  ...alibabaProducts.map((product) => ({ product, carriers: alibabaCarriers })),
].flatMap(({ product, carriers }) => product.operations.map((operation) => ({ product, operation, carriers })));

/** Every operation, as `product action`; requests to the other paths count as one each. */
export const soundTargets: readonly string[] = [...ways.map(({ product, operation }) => `${product.name} ${operation.action}`), 'downloads', 'uploads'];

/** A request that is signed well, of any operation and carrier or to any path, with parameters mangled as told; and its target. */
export function soundRequest(at: Mangling, ground: SoundGround, nonce: string): { readonly target: string; readonly request: WireRequest } {
  const index = at.operation % soundTargets.length;
  const way = ways[index];
  const target = soundTargets[index] ?? '';
  if (way === undefined) return { target, request: target === 'downloads' ? download(at, ground) : upload(at, ground) };
  const carrier = way.carriers[at.carrier % way.carriers.length];
  assert.ok(carrier);
  const { product, operation } = way;
  return { target, request: wire(carrier(ground, { product, operation, nonce, parameters: mangledParameters(operation, at, ground.sample) })) };
}

function download(at: Mangling, { link }: SoundGround): WireRequest {
  const [path = '', query = ''] = link.split('?', 2);
  const parts = [...path.split('/').slice(2), ...query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))];
  for (const { at: place, junk } of at.edits.slice(0, at.carrier % 3)) parts[place % parts.length] = encodeURIComponent(textOf(junk));
  const [id, name, expires, signature] = parts;
  return { method: 'GET', target: `/downloads/${id}/${name}?Expires=${expires}&Signature=${signature}`, headers: [['host', 'x']], body: Buffer.alloc(0) };
}

function upload(at: Mangling, { vault }: SoundGround): WireRequest {
  const content = at.text;
  const form = makeUploadForm(vault, { key: uploadKeyOf('default', hash('md5', content)), maxBytes: 100 }, Date.now() + 60_000);
  const fields = [
    ['OSSAccessKeyId', form.accessId],
    ['policy', form.policy],
    ['Signature', form.signature],
    ['key', form.key],
  ] as [string, string][];
  for (const { at: place, kind, junk } of at.edits.slice(0, at.carrier % 3)) {
    const field = fields[place % fields.length];
    if (kind % 3 === 0) fields.splice(place % fields.length, 1);
    else if (kind % 3 === 1) fields.push(['success_action_status', textOf(junk)]);
    else if (field !== undefined) field[1] = textOf(junk);
  }
  const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n${content}\r\n--b--\r\n`;
  const body = Buffer.from(multipart(fields).replace(/--b--\r\n$/, file));
  const type = ['content-type', 'multipart/form-data; boundary=b'] as const;
  return { method: 'POST', target: '/uploads/', headers: [['host', 'x'], type], body };
}

function textOf(junk: unknown): string {
  return (typeof junk === 'string' ? junk : JSON.stringify(junk)).toWellFormed();
}

function queryOf(pairs: readonly (readonly [string, string])[]): string {
  return new URLSearchParams(Object.fromEntries(pairs)).toString();
}

function multipart(fields: readonly (readonly [string, string])[]): string {
  return `${fields.map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--b--\r\n`;
}

function wire(http: HttpRequest): WireRequest {
  const headers = Object.entries(http.headers).map(([name, value]) => [name, String(value).replaceAll(/[^\x20-\x7e]/g, '?')] as const);
  return { method: http.method, target: http.query === '' ? '/' : `/?${http.query}`, headers, body: http.body };
}
