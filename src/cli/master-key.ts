import { rotateMasterKey } from '#app/rotate-master-key.ts';
import { LazaretError } from '#domain/error.ts';
import { masterKeyFile } from '#lib/master-key.ts';
import { defineCommand } from './command.ts';
import { masterKeyOption, masterKeySource, withApp } from './open-app.ts';
import { printable } from './output/text.ts';
import { dataOption } from './settings.ts';

export const rotateMasterKeyCommand = defineCommand({
  name: 'master-key rotate',
  summary: 'make a new master key and seal every secret with it',
  notes:
    'Running servers follow by themselves. The old key goes from the file when nothing needs it any more; backups made before need it still.\nWhere LAZARET_MASTER_KEY has the keys, put the new one and a comma before the old one, start servers anew, call this, and take the old one out.',
  options: { data: dataOption, masterKey: masterKeyOption },
  positionals: {},
  async run({ options }, io) {
    const source = masterKeySource(options, io);
    const file = masterKeyFile(source);
    const count = await withApp(options, io, (app) => rotateMasterKey(app, source).catch((error: unknown) => Promise.reject(withReason(error, file))));
    const secrets = `${count} ${count === 1 ? 'secret is' : 'secrets are'} sealed with`;
    io.stdout(
      file === undefined
        ? `${secrets} the first key of LAZARET_MASTER_KEY; the others are not needed any more.\n`
        : `${secrets} a new key in ${printable(file)}.\n`,
    );
    return 0;
  },
});

// A file system that cannot be written is the caller's affair, and no fault of ours.
function withReason(error: unknown, file: string | undefined): unknown {
  if (error instanceof LazaretError || file === undefined || !(error instanceof Error) || !('code' in error)) return error;
  return new LazaretError('unreachable', `the master key in ${file} cannot be replaced: ${error.message}`, { cause: error });
}
