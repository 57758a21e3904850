import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;

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
  return parseKeys(readFileSync(file, 'utf8'), file);
}

/** Writes keys, newest first, so that a reader sees all of the old file or all of the new one. */
export function keyFileText(keys: readonly Buffer[]): string {
  return keys.map((key) => `${key.toString('base64')}\n`).join('');
}

export function newMasterKey(): Buffer {
  return randomBytes(keyBytes);
}

// A link is made only where there is none yet: of two first starts one wins, and both read its key.
function makeKeyFile(file: string): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    readFileSync(file);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  writeFileSync(temporary, keyFileText([newMasterKey()]), { mode: 0o600, flush: true });
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function parseKeys(text: string, where: string): readonly Buffer[] {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(parseKey);
  if (keys.length === 0 || keys.some((key) => key === undefined)) {
    throw new Error(`the master key in ${where} is not ${keyBytes} bytes in base64 or hex, such as 'openssl rand -base64 ${keyBytes}' makes`);
  }
  return keys.filter((key) => key !== undefined);
}

function parseKey(text: string): Buffer | undefined {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  return bytes.length === keyBytes ? bytes : undefined;
}
