import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Seals secrets for keeping, and opens them again. */
export interface Vault {
  /** `v1.<key name>.<base64url of nonce, ciphertext and tag>`. */
  seal(plain: string): string;
  /** @throws Error when the text is not sealed by one of the vault's keys. */
  open(sealed: string): string;
  /** Whether `open` would give it. */
  opens(sealed: string): boolean;
  /** Whether a text is sealed by the newest key. */
  isCurrent(sealed: string): boolean;
  /** A key for another purpose, derived from the newest key. */
  derive(purpose: string): Buffer;
}

/** Whether a text has the form that `seal` gives. No text without a dot does. */
export function isSealed(text: string): boolean {
  return /^v1\.[0-9a-f]{12}\.[\w-]+$/.test(text);
}

const nonceBytes = 12;
const tagBytes = 16;

/** A vault over 32-byte master keys, newest first: the first seals, all open. AES-256-GCM, a fresh nonce for each text. */
export function createVault(keys: readonly Buffer[]): Vault {
  const [newest] = keys;
  if (newest === undefined || keys.some((key) => key.length !== 32)) throw new Error('a vault needs keys of 32 bytes');
  const byName = new Map(keys.map((key) => [nameOf(key), key]));
  const currentPrefix = `v1.${nameOf(newest)}.`;
  const vault: Vault = {
    seal(plain) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', newest, nonce);
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return currentPrefix + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
    },
    open(sealed) {
      const [version, name = '', text = ''] = sealed.split('.');
      const key = byName.get(name);
      if (version !== 'v1' || key === undefined) throw new Error('sealed with a master key that is not at hand');
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), decipher.final()]).toString('utf8');
    },
    opens(sealed) {
      try {
        vault.open(sealed);
        return true;
      } catch {
        return false;
      }
    },
    isCurrent: (sealed) => sealed.startsWith(currentPrefix),
    derive: (purpose) => Buffer.from(hkdfSync('sha256', newest, '', purpose, 32)),
  };
  return vault;
}

// Tells keys apart, and nothing about them.
function nameOf(key: Buffer): string {
  return createHash('sha256').update('lazaret key name').update(key).digest('hex').slice(0, 12);
}
