import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { findAccount, findPolicy, listPolicies, removePolicy, setPolicy } from '#app/accounts.ts';
import { LazaretError } from '#domain/error.ts';
import { policyTextLimit } from '#domain/policy.ts';
import { accountOption, json, timeText } from './account-option.ts';
import { defineCommand } from './command.ts';
import { withRecords } from './open-app.ts';
import { grid } from './output/grid.ts';
import { printable } from './output/text.ts';
import { dataOption } from './settings.ts';
import { answerOption } from './values.ts';

export const setPolicyCommand = defineCommand({
  name: 'policies set',
  summary: 'add or replace a policy, which says what keys that have it may do',
  notes: 'The document is in the form of the clouds: {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "tcss:Describe*", "Resource": "*"}]}',
  options: { data: dataOption, account: accountOption },
  positionals: { name: { value: 'NAME', description: 'what to call it' }, file: { value: 'FILE', description: 'the document, as JSON' } },
  async run({ options, positionals: { name, file } }, io) {
    const document = readDocument(path.resolve(io.cwd, file));
    await withRecords(options, io, async (records) => setPolicy(records, { accountId: (await findAccount(records, options.account)).id, name, document }));
    io.stdout(`${printable(name)} is set.\n`);
    return 0;
  },
});

// No more than a policy may have, and one byte that tells of more: the file may be a device that never ends.
function readDocument(file: string): string {
  const buffer = Buffer.alloc(4 * policyTextLimit + 1);
  let length = 0;
  try {
    const handle = openSync(file, 'r');
    try {
      for (let read = 1; read > 0; length += read) read = readSync(handle, buffer, length, buffer.length - length, null);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw new LazaretError('invalid-input', `the policy cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return new TextDecoder().decode(buffer.subarray(0, length));
}

export const listPoliciesCommand = defineCommand({
  name: 'policies list',
  summary: 'list the policies of an account',
  options: { data: dataOption, account: accountOption, format: answerOption },
  positionals: {},
  async run({ options }, io) {
    const policies = await withRecords(options, io, async (records) => listPolicies(records, (await findAccount(records, options.account)).id));
    if (options.format === 'json')
      io.stdout(json(policies.map(({ name, document, updatedAt }) => ({ name, updatedAt: timeText(updatedAt), document: JSON.parse(document) as object }))));
    else if (policies.length === 0) io.stderr('There is no policy yet: lazaret policies set NAME FILE\n');
    else
      for (const line of grid(
        ['NAME', 'CHANGED'],
        policies.map(({ name, updatedAt }) => [name, timeText(updatedAt)]),
      ))
        io.stdout(line);
    return 0;
  },
});

export const showPolicyCommand = defineCommand({
  name: 'policies show',
  summary: "print a policy's document",
  options: { data: dataOption, account: accountOption },
  positionals: { name: { value: 'NAME', description: 'which one' } },
  async run({ options, positionals: { name } }, io) {
    const { document } = await withRecords(options, io, async (records) => findPolicy(records, (await findAccount(records, options.account)).id, name));
    io.stdout(json(JSON.parse(document) as object));
    return 0;
  },
});

export const removePolicyCommand = defineCommand({
  name: 'policies remove',
  summary: 'remove a policy that no working key has',
  options: { data: dataOption, account: accountOption },
  positionals: { name: { value: 'NAME', description: 'which one' } },
  async run({ options, positionals: { name } }, io) {
    await withRecords(options, io, async (records) => removePolicy(records, (await findAccount(records, options.account)).id, name));
    io.stdout(`${printable(name)} is removed.\n`);
    return 0;
  },
});
