import { hash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** Bytes of one uploaded or fetched file, where nobody says otherwise. */
export const defaultUploadBytes = 100 * 1024 * 1024;

/** MD5 or SHA-256 in lower-case hex. */
export const hashKeyPattern = /^(?:[0-9a-f]{32}|[0-9a-f]{64})$/;

/** Which digest a hash key is. */
export function algorithmOf(hashKey: string): 'md5' | 'sha256' {
  return hashKey.length === 32 ? 'md5' : 'sha256';
}

/**
 * What an account's file is called between caller and server: a name for the account that tells nothing of it, and the hash. Accounts never
 * share one, so that none can take or replace another's file.
 */
export function uploadKeyOf(accountId: string, hashKey: string): string {
  return `${hash('sha256', `uploads of account ${accountId}`).slice(0, 32)}/${hashKey}`;
}

/** The hash that stands in an upload key; undefined when the text is none. */
export function hashKeyOf(uploadKey: string): string | undefined {
  const [owner = '', hashKey = '', ...more] = uploadKey.split('/');
  return /^[0-9a-f]{32}$/.test(owner) && hashKeyPattern.test(hashKey) && more.length === 0 ? hashKey : undefined;
}

/** Name of an upload's file in the folder: a digest, so that nothing a caller writes is ever part of a path. */
export function uploadFileName(uploadKey: string): string {
  return hash('sha256', uploadKey);
}

export function uploadFolder(dataDir: string): string {
  return path.join(dataDir, 'uploads');
}

export function uploadPath(dataDir: string, fileName: string): string {
  return path.join(uploadFolder(dataDir), fileName);
}

/** Whether the file of an upload lies there. */
export async function hasUpload(dataDir: string, fileName: string): Promise<boolean> {
  try {
    return (await stat(uploadPath(dataDir, fileName))).isFile();
  } catch {
    return false;
  }
}
