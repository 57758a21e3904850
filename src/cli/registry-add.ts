import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { findAccount } from '#app/accounts.ts';
import type { RegistryPolicy } from '#app/app.ts';
import { addRegistry, defaultPolicy, findRegistry, type RegistryInput, updateRegistry } from '#app/registries.ts';
import { LazaretError } from '#domain/error.ts';
import { registryKinds } from '#domain/registry.ts';
import { accountOption, json } from './account-option.ts';
import { defineCommand, type Io, type Options } from './command.ts';
import { masterKeyOption, withApp } from './open-app.ts';
import { printable } from './output/text.ts';
import { registryFields } from './registry-list.ts';
import { dataOption, registryPasswordText } from './settings.ts';
import { answerOption, oneOf, wholeNumber } from './values.ts';

const readKind = oneOf(registryKinds);
const readCount = wholeNumber(10_000);
const clearable = ['username', 'password', 'repositories', 'repository-patterns', 'tag-patterns', 'newest-tags', 'schedule'] as const;
const readClearable = oneOf(clearable);

const sharedOptions = {
  data: dataOption,
  masterKey: masterKeyOption,
  account: accountOption,
  username: { type: 'text', flag: 'username', value: 'USER', description: 'who logs in; without one, the password is a token that others are asked for with' },
  passwordFile: {
    type: 'text',
    flag: 'password-file',
    value: 'FILE',
    description: 'file whose first line is the password or token, - for standard input (default: $LAZARET_REGISTRY_PASSWORD, where it is set)',
  },
  region: { type: 'text', flag: 'region', value: 'NAME', description: 'where it stands, such as cn-hangzhou; told by the API' },
  insecure: { type: 'boolean', flag: 'insecure', description: 'allow plain HTTP and unverified TLS' },
  repository: {
    type: 'list',
    flag: 'repository',
    value: 'NAME',
    description: 'a repository, such as team/app (default: what the registry lists; ACR and TCR list nothing)',
  },
  repositoryPattern: { type: 'list', flag: 'repository-pattern', value: 'GLOB', description: 'only repositories that fit: * within a part, ** across slashes' },
  tagPattern: { type: 'list', flag: 'tag-pattern', value: 'GLOB', description: 'only tags that fit' },
  newestTags: {
    type: 'text',
    flag: 'newest-tags',
    value: 'N',
    description: 'only so many tags of each repository: those whose images were built last (default: all)',
    read: readCount,
  },
  schedule: {
    type: 'text',
    flag: 'schedule',
    value: 'CRON',
    description: "when lazaret serve looks at it, in UTC, such as '0 3 * * *' (default: only when asked)",
  },
  scanNew: { type: 'boolean', flag: 'scan-new', description: 'have lazaret serve scan the images that are new' },
  format: answerOption,
} as const satisfies Options;

const kindOption = { type: 'text', flag: 'kind', value: registryKinds.join('|'), description: 'what it is (default: docker)', read: readKind } as const;

export const addRegistryCommand = defineCommand({
  name: 'registry add',
  summary: 'make a registry known, whose images are then listed and scanned',
  notes:
    'The password is never an argument, since other users of the machine see those.\nWhat the registry holds is found by lazaret registry sync, or by lazaret serve on the schedule.',
  options: { kind: kindOption, ...sharedOptions },
  positionals: {
    name: { value: 'NAME', description: 'what to call it' },
    address: { value: 'ADDRESS', description: 'HOST[:PORT], as it stands in the names of images' },
  },
  async run({ options, positionals: { name, address } }, io) {
    const { kind = 'docker', insecure, scanNew } = options;
    const { policy, ...given } = changesOf(options, io);
    const input: RegistryInput = {
      kind,
      region: '',
      username: '',
      password: '',
      ...given,
      name,
      address,
      insecure,
      policy: { ...defaultPolicy, ...policy, scanNew },
    };
    const registry = await withApp(options, io, async (app) => {
      const { id: accountId } = await findAccount(app, options.account);
      return findRegistry(app, accountId, await addRegistry(app, accountId, input));
    });
    io.stdout(options.format === 'json' ? json(registryFields(registry)) : `${printable(name)} is added: lazaret registry sync ${printable(name)}\n`);
    return 0;
  },
});

export const updateRegistryCommand = defineCommand({
  name: 'registry update',
  summary: 'change what is known of a registry; what is not given stays',
  notes: 'A list that is given replaces the one before. A new address needs the password anew.',
  options: {
    kind: { ...kindOption, description: 'what it is' },
    name: { type: 'text', flag: 'name', value: 'NAME', description: 'another name' },
    address: { type: 'text', flag: 'address', value: 'ADDRESS', description: 'another address' },
    ...sharedOptions,
    secure: { type: 'boolean', flag: 'secure', description: 'the contrary of --insecure' },
    noScanNew: { type: 'boolean', flag: 'no-scan-new', description: 'the contrary of --scan-new' },
    clear: { type: 'list', flag: 'clear', value: 'WHAT', description: `forget what was given: ${clearable.join(', ')}`, read: readClearable },
  },
  positionals: { registry: { value: 'REGISTRY', description: 'its name' } },
  async run({ options, positionals }, io) {
    if (options.insecure && options.secure) throw new LazaretError('invalid-input', '--insecure and --secure exclude each other');
    if (options.scanNew && options.noScanNew) throw new LazaretError('invalid-input', '--scan-new and --no-scan-new exclude each other');
    const { policy, ...given } = changesOf(options, io);
    const isSecurityGiven = options.insecure || options.secure;
    const isScanNewGiven = options.scanNew || options.noScanNew;
    const cleared = clearedOf(options.clear);
    const registry = await withApp(options, io, async (app) => {
      const { id: accountId } = await findAccount(app, options.account);
      const { id, policy: known } = await findRegistry(app, accountId, positionals.registry);
      await updateRegistry(
        app,
        { accountId, id },
        {
          ...definedOnly({ name: options.name, address: options.address, kind: options.kind }),
          ...(isSecurityGiven ? { insecure: options.insecure } : {}),
          ...cleared.input,
          ...given,
          policy: { ...known, ...cleared.policy, ...policy, ...(isScanNewGiven ? { scanNew: options.scanNew } : {}) },
        },
      );
      return findRegistry(app, accountId, id);
    });
    io.stdout(options.format === 'json' ? json(registryFields(registry)) : `${printable(registry.name)} is changed.\n`);
    return 0;
  },
});

interface Given {
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly region: string | undefined;
  readonly repository: readonly string[];
  readonly repositoryPattern: readonly string[];
  readonly tagPattern: readonly string[];
  readonly newestTags: number | undefined;
  readonly schedule: string | undefined;
}

interface Changes {
  readonly username?: string;
  readonly password?: string;
  readonly region?: string;
  readonly policy: Partial<RegistryPolicy>;
}

function changesOf(given: Given, io: Io): Changes {
  const password = given.passwordFile === undefined ? registryPasswordText(io.env) : readPassword(given.passwordFile, io.cwd);
  const { newestTags, schedule } = given;
  const lists = { repositories: given.repository, repositoryPatterns: given.repositoryPattern, tagPatterns: given.tagPattern };
  const policy = { ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values.length > 0)), ...definedOnly({ newestTags, schedule }) };
  return { ...definedOnly({ username: given.username, password, region: given.region }), policy };
}

type Defined<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

function definedOnly<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function clearedOf(names: readonly (typeof clearable)[number][]): { readonly input: Partial<RegistryInput>; readonly policy: Partial<RegistryPolicy> } {
  const { username, password, repositories, ...rest } = {
    username: names.includes('username') ? '' : undefined,
    password: names.includes('password') ? '' : undefined,
    repositories: names.includes('repositories') ? [] : undefined,
    repositoryPatterns: names.includes('repository-patterns') ? [] : undefined,
    tagPatterns: names.includes('tag-patterns') ? [] : undefined,
    newestTags: names.includes('newest-tags') ? 0 : undefined,
    schedule: names.includes('schedule') ? '' : undefined,
  };
  return { input: definedOnly({ username, password }), policy: definedOnly({ repositories, ...rest }) };
}

const mostPasswordBytes = 16 * 1024;

// A bounded read: what is named may be a device that never ends.
function readPassword(file: string, cwd: string): string {
  const buffer = Buffer.alloc(mostPasswordBytes);
  let length = 0;
  try {
    const handle = file === '-' ? 0 : openSync(path.resolve(cwd, file), 'r');
    try {
      for (let read = 1; read > 0 && length < buffer.length; length += read) read = readSync(handle, buffer, length, buffer.length - length, null);
    } finally {
      if (handle !== 0) closeSync(handle);
    }
  } catch (error) {
    throw new LazaretError('invalid-input', `the password cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const [line = ''] = buffer.toString('utf8', 0, length).split(/\r?\n/);
  if (line === '') throw new LazaretError('invalid-input', 'the password that was given is empty');
  return line;
}
