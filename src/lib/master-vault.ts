import { statSync } from 'node:fs';
import { type MasterKeySource, masterKeyFile, readMasterKeys } from './master-key.ts';
import { createVault, type Vault } from './vault.ts';

/**
 * A vault over the master keys of a source. A key file is looked at again before anything is sealed or derived, and where a text was sealed with a key that is not at
 * hand, so that a running process follows when another one rotates the key. While a file cannot be read, the keys that it had count. Keys that are gone from it still
 * open what was read before they went.
 * @throws Error as `readMasterKeys`.
 */
export function openMasterVault(source: MasterKeySource): Vault {
  const file = masterKeyFile(source);
  let stamp = stampOf(file);
  let keys = readMasterKeys(source);
  let vault = createVault(keys);

  function follow(): Vault {
    const now = stampOf(file);
    if (now === stamp || now === undefined) return vault;
    try {
      const read = readMasterKeys(source);
      keys = [...read, ...keys.filter((key) => !read.some((one) => one.equals(key)))].slice(0, mostKnown);
      vault = createVault(keys);
      stamp = now;
    } catch {
      // Half a file, or none for a moment: it is looked at again the next time.
    }
    return vault;
  }

  return {
    seal: (plain) => follow().seal(plain),
    open(sealed) {
      try {
        return vault.open(sealed);
      } catch {
        return follow().open(sealed);
      }
    },
    opens: (sealed) => vault.opens(sealed) || follow().opens(sealed),
    isCurrent: (sealed) => follow().isCurrent(sealed),
    derive: (purpose) => follow().derive(purpose),
  };
}

/** Keys remembered by one process, over any number of rotations. */
const mostKnown = 200;

// Differs whenever the file was replaced or written; undefined for a text, and while there is no file.
function stampOf(file: string | undefined): string | undefined {
  const status = file === undefined ? undefined : statSync(file, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? undefined : `${status.dev} ${status.ino} ${status.size} ${status.mtimeNs} ${status.ctimeNs}`;
}
