import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { uploadFileName, uploadKeyOf } from '#app/upload-folder.ts';
import type { Verdict } from '#domain/finding.ts';
import type { Severity } from '#domain/severity.ts';
import type { DetectionOutcome, JudgedFile, JudgedMember, Store, UnpackBounds } from '#store/store.ts';
import { detection } from './scanning.ts';

/** What operations about single files work on: a call of any cloud has it. */
export interface FileGround {
  readonly app: { readonly dataDir: string; readonly clock: () => number; readonly store: Store };
  readonly accountId: string;
}

export const keyOf = (content: string): string => hash('md5', content);

/** Puts a file where an upload would. */
export function putUpload({ app, accountId }: FileGround, content: string, hashKey = keyOf(content)): void {
  const folder = path.join(app.dataDir, 'uploads');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, uploadFileName(uploadKeyOf(accountId, hashKey))), content);
}

export function aVerdict(severity: Severity, name = 'Linux.Trojan.Test'): Verdict {
  const one = detection({ name, severity, tags: ['t'], description: { en: 'bad', zh: '坏' }, advice: { en: 'remove', zh: '删除' } });
  return { name, severity, tags: ['t'], detections: [one] };
}

export function aJudgedFile(content: string, more: Partial<JudgedFile> = {}): JudgedFile {
  const digests = { sha256: hash('sha256', content), md5: hash('md5', content), sha1: hash('sha1', content) };
  return { ...digests, size: content.length, fileType: 'elf', format: 'elf64', places: [], verdict: undefined, skipped: [], ...more };
}

export function aMember(memberPath: string, more: Partial<JudgedFile> = {}): JudgedMember {
  return { ...aJudgedFile(memberPath, more), path: memberPath };
}

/** Has a file detected, as a worker would. Without an outcome it stays queued. */
export async function detected(
  { app, accountId }: FileGround,
  hashKey: string,
  outcome?: DetectionOutcome,
  more: { readonly unpack?: UnpackBounds; readonly url?: string } = {},
): Promise<void> {
  const { store, clock } = app;
  const file = uploadFileName(uploadKeyOf(accountId, hashKey));
  const id = await store.fileDetections.submit({ accountId, hashKey, file, url: more.url ?? '', unpack: more.unpack }, clock());
  if (outcome === undefined) return;
  await store.fileDetections.claim('test', clock(), clock() + 1000);
  await store.fileDetections.finish('test', id, { outcome, at: clock(), keepUntil: clock() + 5 * 3600_000 });
}
