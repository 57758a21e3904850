import { createRequire } from 'node:module';

export interface AlibabaPlace {
  /** `host:port`. */
  readonly endpoint: string;
  readonly protocol: 'http' | 'https';
  readonly key: { readonly secretId: string; readonly secretKey: string };
}

/** Calls an action and gives its answer, or rejects with an error that has the `code`. */
export type AlibabaCall = (action: string, parameters: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;

/** An official client of the vendor in one of its ways to sign and send. */
export interface AlibabaSdk {
  readonly name: string;
  connect(place: AlibabaPlace, version?: string): AlibabaCall;
}

const load = createRequire(import.meta.url);

type Construct<T> = new (...parameters: readonly unknown[]) => T;

interface PopClient {
  request(action: string, parameters: object, options: object): Promise<Readonly<Record<string, unknown>>>;
}

function popCore(method: 'GET' | 'POST'): AlibabaSdk {
  return {
    name: `@alicloud/pop-core ${method}`,
    connect({ endpoint, protocol, key }, apiVersion = '2018-12-03') {
      const Client = load('@alicloud/pop-core') as Construct<PopClient>;
      const client = new Client({ accessKeyId: key.secretId, accessKeySecret: key.secretKey, endpoint: `${protocol}://${endpoint}`, apiVersion });
      return (action, parameters) => client.request(action, parameters, { method, timeout: 20_000 });
    },
  };
}

interface OpenClient {
  callApi(api: object, request: object, runtime: object): Promise<{ readonly body: Readonly<Record<string, unknown>> }>;
}

function openApi(signatureAlgorithm: 'v2' | undefined, method: 'GET' | 'POST'): AlibabaSdk {
  return {
    name: `@alicloud/openapi-client ${signatureAlgorithm === 'v2' ? 'V1' : 'V3'} ${method}`,
    connect({ endpoint, protocol, key }, version = '2018-12-03') {
      const sdk = load('@alicloud/openapi-client') as { readonly default: Construct<OpenClient> } & Record<
        'Config' | 'Params' | 'OpenApiRequest',
        Construct<object>
      >;
      const util = load('@alicloud/openapi-util') as { readonly default: { query(filter: object): object } };
      const runtime = load('@alicloud/tea-util') as { readonly RuntimeOptions: Construct<object> };
      const config = {
        accessKeyId: key.secretId,
        accessKeySecret: key.secretKey,
        endpoint,
        protocol,
        ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
      };
      const client = new sdk.default(new sdk.Config(config));
      return async (action, parameters) => {
        const api = new sdk.Params({
          action,
          version,
          protocol,
          method,
          authType: 'AK',
          style: 'RPC',
          pathname: '/',
          reqBodyType: 'formData',
          bodyType: 'json',
        });
        const request = new sdk.OpenApiRequest({ query: util.default.query(parameters) });
        return (await client.callApi(api, request, new runtime.RuntimeOptions({ readTimeout: 20_000 }))).body;
      };
    },
  };
}

/** Both client families, in every way in which they sign and send. */
export const alibabaSdks: readonly AlibabaSdk[] = [
  popCore('GET'),
  popCore('POST'),
  openApi(undefined, 'POST'),
  openApi(undefined, 'GET'),
  openApi('v2', 'POST'),
  openApi('v2', 'GET'),
];
