import { renameSync, writeFileSync } from 'node:fs';
import { resealSecrets } from '#app/rotate-master-key.ts';
import { LazaretError } from '#domain/error.ts';
import { keyFileText, masterKeyFile, newMasterKey, readMasterKeys } from '#lib/master-key.ts';
import { createVault } from '#lib/vault.ts';
import { defineCommand } from './command.ts';
import { masterKeyOption, masterKeySource, withApp } from './open-app.ts';
import { dataOption } from './settings.ts';

export const rotateMasterKeyCommand = defineCommand({
  name: 'master-key rotate',
  summary: 'make a new master key and seal every secret with it',
  notes: 'Start servers over the same data anew afterwards. The old key is dropped from the file only when nothing needs it any more.',
  options: { data: dataOption, masterKey: masterKeyOption },
  positionals: {},
  async run({ options }, io) {
    const source = masterKeySource(options, io);
    const file = masterKeyFile(source);
    if (file === undefined)
      throw new LazaretError(
        'invalid-input',
        'the master key stands in LAZARET_MASTER_KEY: put the new key before the old one there, with a comma between them, and give the file with --master-key instead',
      );
    const count = await withApp(options, io, async (app) => {
      const old = readMasterKeys(source);
      const fresh = newMasterKey();
      // Both keys stand in the file while the database changes: whenever this ends, every secret can be opened.
      replaceFile(file, keyFileText([fresh, ...old]));
      const sealed = await resealSecrets(app, createVault([fresh]));
      replaceFile(file, keyFileText([fresh]));
      return sealed;
    });
    io.stdout(`${count} secrets are sealed with a new key in ${file}.\n`);
    return 0;
  },
});

function replaceFile(file: string, text: string): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  renameSync(temporary, file);
}
