import { createAccount, listAccounts } from '#app/accounts.ts';
import type { Account } from '#app/app.ts';
import { json, timeText } from './account-option.ts';
import { defineCommand } from './command.ts';
import { withRecords } from './open-app.ts';
import { grid } from './output/grid.ts';
import { printable } from './output/text.ts';
import { dataOption } from './settings.ts';
import { answerOption } from './values.ts';

export const createAccountCommand = defineCommand({
  name: 'accounts create',
  summary: 'make an account: its keys see its own images and findings alone',
  options: { data: dataOption, format: answerOption },
  positionals: { name: { value: 'NAME', description: 'what to call it' } },
  async run({ options, positionals: { name } }, io) {
    const account = await withRecords(options, io, (records) => createAccount(records, name, io.randomBytes));
    io.stdout(options.format === 'json' ? json(accountFields(account)) : `${account.ownerId}  ${printable(name)}\n`);
    return 0;
  },
});

export const listAccountsCommand = defineCommand({
  name: 'accounts list',
  summary: 'list the accounts',
  options: { data: dataOption, format: answerOption },
  positionals: {},
  async run({ options }, io) {
    const accounts = await withRecords(options, io, listAccounts);
    if (options.format === 'json') io.stdout(json(accounts.map(accountFields)));
    else
      for (const line of grid(
        ['OWNER', 'NAME'],
        accounts.map(({ ownerId, name }) => [ownerId, name]),
      ))
        io.stdout(line);
    return 0;
  },
});

function accountFields({ id, ownerId, name, createdAt }: Account): object {
  return { id, ownerId, name, createdAt: timeText(createdAt) };
}
