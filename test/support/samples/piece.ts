/** One harmless sample pair of a built-in rule. */
export interface RuleSample {
  /** Identifier of the rule that `positive` must meet. */
  readonly rule: string;
  /** A path at which such a file would lie, without a leading slash. */
  readonly path: string;
  /** Harmless content that the rule must find: it ends before it does anything, or names only reserved hosts and addresses. */
  positive(): Buffer;
  /** Honest content that looks alike and must stay unseen by every rule. */
  nearMiss(): Buffer;
}

/**
 * Text without its `¦` marks. Samples are stored with marks inside the telling words, so that this repository holds
 * nothing that a scanner reports, ours included.
 */
export function whole(marked: string): string {
  return marked.replaceAll('¦', '');
}

/** A pair of text files; both texts are stored with `¦` marks. */
export function textPair(rule: string, path: string, positive: string, nearMiss: string): RuleSample {
  return { rule, path, positive: () => Buffer.from(whole(positive)), nearMiss: () => Buffer.from(whole(nearMiss)) };
}

/** `length` characters of base64 text that mean nothing, the same on every call. */
export function base64Noise(length: number): string {
  return 'TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQg'.repeat(Math.ceil(length / 36)).slice(0, length);
}
