import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createAccount, findAccount, listAccounts, listPolicies, removePolicy, setPolicy } from '#app/accounts.ts';
import { LazaretError } from '#domain/error.ts';
import { accountOption, json, timeText } from './account-option.ts';
import { defineCommand } from './command.ts';
import { masterKeyOption, withApp } from './open-app.ts';
import { grid } from './output/grid.ts';
import { printable } from './output/text.ts';
import { dataOption } from './settings.ts';
import { answerOption } from './values.ts';

export const createAccountCommand = defineCommand({
  name: 'accounts create',
  summary: 'make an account: its keys see its own images and findings alone',
  options: { data: dataOption, masterKey: masterKeyOption, format: answerOption },
  positionals: { name: { value: 'NAME', description: 'what to call it' } },
  async run({ options, positionals: { name } }, io) {
    const account = await withApp(options, io, (app) => createAccount(app, name, io.randomBytes));
    io.stdout(options.format === 'json' ? json({ id: account.id, name, createdAt: timeText(account.createdAt) }) : `${account.id}  ${printable(name)}\n`);
    return 0;
  },
});

export const listAccountsCommand = defineCommand({
  name: 'accounts list',
  summary: 'list the accounts',
  options: { data: dataOption, masterKey: masterKeyOption, format: answerOption },
  positionals: {},
  async run({ options }, io) {
    const accounts = await withApp(options, io, listAccounts);
    if (options.format === 'json') io.stdout(json(accounts.map(({ id, name, createdAt }) => ({ id, name, createdAt: timeText(createdAt) }))));
    else
      for (const line of grid(
        ['ID', 'NAME'],
        accounts.map(({ id, name }) => [id, name]),
      ))
        io.stdout(line);
    return 0;
  },
});

export const setPolicyCommand = defineCommand({
  name: 'policies set',
  summary: 'add or replace a policy, which says what keys that have it may do',
  notes: 'The document is in the form of the clouds: {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "tcss:Describe*", "Resource": "*"}]}',
  options: { data: dataOption, masterKey: masterKeyOption, account: accountOption },
  positionals: { name: { value: 'NAME', description: 'what to call it' }, file: { value: 'FILE', description: 'the document, as JSON' } },
  async run({ options, positionals: { name, file } }, io) {
    const document = readDocument(path.resolve(io.cwd, file));
    await withApp(options, io, async (app) => setPolicy(app, { accountId: (await findAccount(app, options.account)).id, name, document }));
    io.stdout(`${printable(name)} is set.\n`);
    return 0;
  },
});

function readDocument(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LazaretError('invalid-input', `the policy cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

export const listPoliciesCommand = defineCommand({
  name: 'policies list',
  summary: 'list the policies of an account',
  options: { data: dataOption, masterKey: masterKeyOption, account: accountOption, format: answerOption },
  positionals: {},
  async run({ options }, io) {
    const policies = await withApp(options, io, async (app) => listPolicies(app, (await findAccount(app, options.account)).id));
    if (options.format === 'json')
      io.stdout(json(policies.map(({ name, document, updatedAt }) => ({ name, updatedAt: timeText(updatedAt), document: JSON.parse(document) as object }))));
    else
      for (const line of grid(
        ['NAME', 'CHANGED'],
        policies.map(({ name, updatedAt }) => [name, timeText(updatedAt)]),
      ))
        io.stdout(line);
    return 0;
  },
});

export const removePolicyCommand = defineCommand({
  name: 'policies remove',
  summary: 'remove a policy that no working key has',
  options: { data: dataOption, masterKey: masterKeyOption, account: accountOption },
  positionals: { name: { value: 'NAME', description: 'which one' } },
  async run({ options, positionals: { name } }, io) {
    await withApp(options, io, async (app) => removePolicy(app, (await findAccount(app, options.account)).id, name));
    io.stdout(`${printable(name)} is removed.\n`);
    return 0;
  },
});
