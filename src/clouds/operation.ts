import type { App } from '#app/app.ts';
import type { InputOf, Parameters } from './parameters.ts';
import type { Refusal } from './refusal.ts';

/** Languages in which texts are served. */
export type Language = 'en' | 'zh';

/** On whose behalf and how an operation runs. */
export interface Call {
  readonly app: App;
  readonly accountId: string;
  readonly language: Language;
  /** Minutes east of UTC, for times that a vendor writes without a zone. */
  readonly zoneMinutes: number;
  /** How the caller reached the server, such as `https://127.0.0.1:8443`; for links in answers. */
  readonly baseUrl: string;
  /** Requests of one action that an account may make in a second; 0 for no limit. */
  readonly requestsPerSecond: number;
  /** Who calls: the key's public id, and the address the request came from. */
  readonly caller: { readonly keyId: string; readonly address: string };
}

/** One action of a vendor's API. */
export interface Operation<P extends Parameters = Parameters, Answer extends object = object> {
  /** The vendor's spelling. */
  readonly action: string;
  readonly parameters: P;
  /** True when the answer depends on nothing but account, language, input and what the store holds, so that it may be kept until the store changes. */
  readonly lasting: boolean;
  /** True when it changes something: the call is then written to the audit record, whatever comes of it. */
  readonly changes?: boolean;
  /** Errors of the use case (LazaretError) pass through; the face maps them. A method, so that operations of all inputs fit one list. */
  run(call: Call, input: InputOf<P>): Promise<Answer | Refusal>;
}

/** Declares an operation; its input's type follows from its parameters. */
export function operation<const P extends Parameters, Answer extends object>(definition: Operation<P, Answer>): Operation<P, Answer> {
  return definition;
}

/** A vendor's answer type with every field filled, but for those the gateway adds. */
export type AnswerFor<Response> = Filled<Omit<Response, 'RequestId'>>;

type Filled<T> = T extends readonly (infer Item)[] ? readonly Filled<Item>[] : T extends object ? { readonly [K in keyof T]-?: Filled<NonNullable<T[K]>> } : T;
