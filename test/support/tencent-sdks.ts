import { createRequire } from 'node:module';

/** How an SDK is told to send and sign. */
export interface SdkProfile {
  readonly signMethod: 'TC3-HMAC-SHA256' | 'HmacSHA256' | 'HmacSHA1';
  readonly reqMethod: 'GET' | 'POST';
}

export interface SdkKey {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

/** Calls an action and gives the members of its answer, or rejects as the SDK does: with `code` and `requestId`. */
export type SdkClient = (action: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

/** Where the server is: `host:port`. */
interface Place {
  readonly endpoint: string;
  readonly key: SdkKey;
  readonly profile: SdkProfile;
  readonly language?: 'zh-CN' | 'en-US';
}

/** An official SDK of the vendor, driven as its users do. */
export interface Sdk {
  readonly name: string;
  connect(place: Place): SdkClient;
}

const load = createRequire(import.meta.url);

type Construct<T> = new (...parameters: readonly unknown[]) => T;

const chinese: Sdk = {
  name: 'tencentcloud-sdk-nodejs',
  connect({ endpoint, key, profile, language }) {
    const { v20201101 } = load('tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/index.js') as {
      readonly v20201101: { readonly Client: Construct<Record<string, (input: object) => Promise<never>>> };
    };
    const { signMethod, reqMethod } = profile;
    const httpProfile = { endpoint, reqMethod, protocol: 'http://', reqTimeout: 20 };
    const client = new v20201101.Client({ credential: key, profile: { signMethod, httpProfile, ...(language === undefined ? {} : { language }) } });
    return async (action, input) => member(client, action).call(client, input);
  },
};

/** The Chinese SDK where it is told to send a form of several parts, with version 3. */
export function connectMultipart(
  endpoint: string,
  key: SdkKey,
): (action: string, fields: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, unknown>>> {
  const { v20201101 } = load('tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/index.js') as {
    readonly v20201101: {
      readonly Client: Construct<{ request(action: string, fields: object, options: object): Promise<Readonly<Record<string, unknown>>> }>;
    };
  };
  const client = new v20201101.Client({ credential: key, profile: { httpProfile: { endpoint, protocol: 'http://', reqTimeout: 20 } } });
  return (action, fields) => client.request(action, fields, { multipart: true });
}

interface IntlRequest {
  deserialize(input: object): void;
}

const international: Sdk = {
  name: 'tencentcloud-sdk-nodejs-intl-en',
  connect({ endpoint, key, profile }) {
    const sdk = load('tencentcloud-sdk-nodejs-intl-en') as {
      readonly common: { readonly Credential: Construct<object>; readonly ClientProfile: Construct<object>; readonly HttpProfile: Construct<object> };
      readonly tcss: {
        readonly v20201101: {
          readonly Client: Construct<Record<string, (...parameters: never[]) => unknown>>;
          readonly Models: Record<string, Construct<IntlRequest>>;
        };
      };
    };
    const { Client, Models } = sdk.tcss.v20201101;
    const http = new sdk.common.HttpProfile('http://', endpoint, profile.reqMethod, 20);
    const credential = new sdk.common.Credential(key.secretId, key.secretKey, key.token);
    const client = new Client(credential, '', new sdk.common.ClientProfile(profile.signMethod, http));
    return (action, input) => {
      const Request = Models[`${action}Request`];
      if (Request === undefined) throw new Error(`this SDK has no ${action}`);
      const request = new Request();
      request.deserialize(input);
      const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
      const done = (error: unknown, answer: Readonly<Record<string, unknown>>): void => (error === null ? resolve(answer) : reject(error));
      member(client, action).call(client, request as never, done as never);
      return promise;
    };
  },
};

/** Both SDKs for Node. */
export const sdks: readonly Sdk[] = [chinese, international];

/** Every way in which they sign and send. */
export const sdkProfiles: readonly SdkProfile[] = (['TC3-HMAC-SHA256', 'HmacSHA256', 'HmacSHA1'] as const).flatMap((signMethod) =>
  (['POST', 'GET'] as const).map((reqMethod) => ({ signMethod, reqMethod })),
);

function member<T>(client: Record<string, T>, action: string): T {
  const found = client[action];
  if (found === undefined) throw new Error(`this SDK has no ${action}`);
  return found;
}
