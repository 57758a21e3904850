import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const keyBytes = 32;
const mostKeys = 100;
const mostFileBytes = 64 * 1024;

/** Where the master keys come from: a text (of the environment), else a file, else `master.key` in the data directory, which is made where it does not exist. */
export interface MasterKeySource {
  readonly text: string | undefined;
  readonly file: string | undefined;
  readonly dataDir: string;
}

/** Path of the file that holds the keys; undefined when a text does. */
export function masterKeyFile({ text, file, dataDir }: MasterKeySource): string | undefined {
  return text === undefined ? (file ?? join(dataDir, 'master.key')) : undefined;
}

/**
 * The master keys, newest first. A text or file has one key of 32 bytes a line (or between commas), in base64 or hex.
 * @throws Error with a message for people, that never shows a key.
 */
export function readMasterKeys(source: MasterKeySource): readonly Buffer[] {
  const file = masterKeyFile(source);
  if (file === undefined) return parseKeys(source.text ?? '', 'the environment');
  if (source.file === undefined) makeKeyFile(file);
  const { size } = statSync(file);
  if (size > mostFileBytes) throw new Error(`${file} has ${size} bytes, which is no file of keys`);
  return parseKeys(readFileSync(file, 'utf8'), file);
}

/** The text of a file with these keys, newest first. */
export function keyFileText(keys: readonly Buffer[]): string {
  return keys.map((key) => `${key.toString('base64')}\n`).join('');
}

/**
 * Puts keys into a file that exists: readers see all of the old file or all of the new one, and so does who starts after a power cut. Owner and mode stay. One at a time; what
 * one that was cut off left beside the file goes with the next.
 */
export function replaceKeyFile(link: string, keys: readonly Buffer[]): void {
  const file = realpathSync(link);
  const { uid, gid, mode } = statSync(file);
  const temporary = `${file}.next`;
  rmSync(temporary, { force: true });
  writeKeys(temporary, keys);
  try {
    chownSync(temporary, uid, gid);
    chmodSync(temporary, mode & 0o777);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(file);
}

export function newMasterKey(): Buffer {
  return randomBytes(keyBytes);
}

// A link is made only where there is none yet: of two first starts one wins, and both read its key.
function makeKeyFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  writeKeys(temporary, [newMasterKey()]);
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(file);
}

function writeKeys(file: string, keys: readonly Buffer[]): void {
  writeFileSync(file, keyFileText(keys), { mode: 0o600, flag: 'wx', flush: true });
}

// What is sealed with a key is worth nothing when a power cut takes the key's name away.
function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function parseKeys(text: string, where: string): readonly Buffer[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const keys = parts.map(parseKey).filter((key) => key !== undefined);
  if (keys.length === 0 || keys.length < parts.length) {
    throw new Error(`the master key in ${where} is not ${keyBytes} bytes in base64 or hex, such as 'openssl rand -base64 ${keyBytes}' makes`);
  }
  if (keys.length > mostKeys) throw new Error(`${where} has ${keys.length} master keys; ${mostKeys} are allowed`);
  return keys;
}

// Strictly, since a key that is one character off would seal as well as any other.
function parseKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^(?:[A-Za-z0-9+/]{43}|[\w-]{43})=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
