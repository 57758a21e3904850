import { findAccount } from '#app/accounts.ts';
import type { AccessKey } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { disableKey } from '#app/disable-key.ts';
import { listKeys } from '#app/list-keys.ts';
import { accountOption, json, timeText } from './account-option.ts';
import { defineCommand } from './command.ts';
import { masterKeyOption, withApp, withRecords } from './open-app.ts';
import { grid } from './output/grid.ts';
import { printable } from './output/text.ts';
import { dataOption } from './settings.ts';
import { answerOption } from './values.ts';

export const createKeyCommand = defineCommand({
  name: 'keys create',
  summary: 'make an access key for the API and show its secret, once',
  options: {
    data: dataOption,
    masterKey: masterKeyOption,
    account: accountOption,
    policy: {
      type: 'list',
      flag: 'policy',
      value: 'NAME',
      description: 'what the key may do, by the name of a policy; without any, everything in its account',
    },
    name: { type: 'text', flag: 'name', value: 'NAME', default: 'default', description: 'what the key is for, to tell it from others' },
    format: answerOption,
  },
  positionals: {},
  async run({ options }, io) {
    const key = await withApp(options, io, async (app) =>
      createKey(app, (await findAccount(app, options.account)).id, { name: options.name, policies: options.policy, randomBytes: io.randomBytes }),
    );
    const { secretId, secretKey, name, policies, createdAt } = key;
    if (options.format === 'json') io.stdout(json({ secretId, secretKey, name, policies, createdAt: timeText(createdAt) }));
    else {
      io.stdout(`SecretId   ${secretId}\nSecretKey  ${secretKey}\n`);
      io.stderr('The secret key is not shown again.\n');
    }
    return 0;
  },
});

export const listKeysCommand = defineCommand({
  name: 'keys list',
  summary: 'list the access keys, without their secrets',
  options: { data: dataOption, account: accountOption, format: answerOption },
  positionals: {},
  async run({ options }, io) {
    const keys = await withRecords(options, io, async (records) => listKeys(records, (await findAccount(records, options.account)).id));
    if (options.format === 'json') io.stdout(json(keys.map(keyFields)));
    else if (keys.length === 0) io.stderr('There is no access key yet: lazaret keys create\n');
    else for (const line of grid(['SECRETID', 'NAME', 'POLICIES', 'CREATED', 'STATE'], keys.map(keyRow))) io.stdout(line);
    return 0;
  },
});

export const disableKeyCommand = defineCommand({
  name: 'keys disable',
  summary: 'refuse an access key from now on',
  options: { data: dataOption, account: accountOption, format: answerOption },
  positionals: { secretId: { value: 'SECRETID', description: 'the id of the key, as keys list shows it' } },
  async run({ options, positionals: { secretId } }, io) {
    await withRecords(options, io, async (records) => disableKey(records, (await findAccount(records, options.account)).id, secretId));
    io.stdout(options.format === 'json' ? json({ secretId, disabled: true }) : `${printable(secretId)} is disabled.\n`);
    return 0;
  },
});

type ListedKey = Omit<AccessKey, 'secretKey'>;

function keyFields({ secretId, name, policies, createdAt, disabledAt }: ListedKey): object {
  return { secretId, name, policies, createdAt: timeText(createdAt), disabledAt: disabledAt === undefined ? null : timeText(disabledAt) };
}

function keyRow({ secretId, name, policies, createdAt, disabledAt }: ListedKey): readonly string[] {
  return [
    secretId,
    name,
    policies.length === 0 ? 'everything' : policies.join(','),
    timeText(createdAt),
    disabledAt === undefined ? 'works' : `disabled ${timeText(disabledAt)}`,
  ];
}
