import type { Detection } from '#domain/detection.ts';
import type { FileType } from '#domain/file-entry.ts';
import type { JudgeRecipe } from '#engines/engine.ts';

/**
 * Between the scanning process and its inspectors. Bytes go through a file both hold open (descriptor 3 in the
 * inspector); only their places travel in messages, as JSON.
 */
export interface OpenMessage {
  readonly type: 'open';
  readonly recipes: readonly JudgeRecipe[];
}

export interface InspectItem {
  /** Where in the transfer file the content lies. */
  readonly at: number;
  readonly length: number;
  /** Display path of the place it was found at. */
  readonly path: string;
  readonly owner: string;
  /** Indexes of the recipes that shall judge it. */
  readonly judges: readonly number[];
  /** Whether MD5 and SHA-1 are wanted even when nothing is detected. */
  readonly digests: boolean;
}

export interface InspectMessage {
  readonly type: 'inspect';
  /** Number of the batch, which the inspector puts beside its progress. */
  readonly batch: number;
  readonly items: readonly InspectItem[];
}

export interface ItemResult {
  readonly fileType: FileType;
  /** '' where nobody needs them: they cost as much as unpacking. */
  readonly md5: string;
  readonly sha1: string;
  readonly judged: readonly JudgeResult[];
}

/** `error` is a short reason for people when this judge could not say anything. */
export interface JudgeResult {
  readonly judge: number;
  readonly detections: readonly Detection[];
  readonly error?: string;
}

export interface DoneMessage {
  readonly type: 'done';
  readonly results: readonly ItemResult[];
}

export interface ReadyMessage {
  readonly type: 'ready';
}

export type ToInspector = OpenMessage | InspectMessage;
export type FromInspector = ReadyMessage | DoneMessage;

/** What an inspector is at: an item of a batch, both numbers little-endian in the first eight bytes of the transfer file. */
export interface Progress {
  readonly batch: number;
  /** `idle` between batches. */
  readonly index: number;
}

/** Bytes at the start of the transfer file that hold the progress. */
export const transferHeader = 4096;
export const idle = 0xffffffff;
