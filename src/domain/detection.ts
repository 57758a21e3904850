import type { Severity } from './severity.ts';

/** What kind of judge spoke; the order is that of the clouds' CheckPlatform numbers 1 to 5. */
export const engineKinds = ['reputation', 'signature', 'similarity', 'behaviour', 'intelligence'] as const;
export type EngineKind = (typeof engineKinds)[number];

/** A text in the languages we serve. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** What one engine says of one content. Empty text where the rule's author said nothing. */
export interface Detection {
  /** Name of the engine that spoke: 'yara' or 'reputation'. */
  readonly engine: string;
  readonly kind: EngineKind;
  /** Rule identifier, or for a hash list the name the list gives. */
  readonly rule: string;
  /** Rule pack (name of the list or folder) the rule came from. */
  readonly pack: string;
  /** Malware name as `Platform.Type.Family`, such as `Linux.Trojan.Mirai`. */
  readonly name: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
  readonly author: string;
  readonly reference: string;
  readonly licence: string;
  readonly description: Text;
  readonly advice: Text;
  /**
   * The first places of what matched, sorted, in characters where the content is text, else in bytes. Absent where the engine names none.
   */
  readonly places?: readonly MatchPlace[];
}

/** From a position on, up to before another one. */
export type MatchPlace = readonly [from: number, to: number];
