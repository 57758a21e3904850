import { findAccount } from '#app/accounts.ts';
import type { Records } from '#app/app.ts';
import { countOfRegistry, type RegistryCounts } from '#app/count-of-registry.ts';
import { nextSync } from '#app/queue-due-syncs.ts';
import { findRegistry, listRegistries, removeRegistry, type ShownRegistry } from '#app/registries.ts';
import { accountOption, json, timeText } from './account-option.ts';
import { defineCommand } from './command.ts';
import { withRecords } from './open-app.ts';
import { grid } from './output/grid.ts';
import { printable } from './output/text.ts';
import { dataOption } from './settings.ts';
import { answerOption } from './values.ts';

const options = { data: dataOption, account: accountOption, format: answerOption } as const;
const positionals = { registry: { value: 'REGISTRY', description: 'its name' } } as const;

export const listRegistriesCommand = defineCommand({
  name: 'registry list',
  summary: 'list the registries that are known, without their passwords',
  options,
  positionals: {},
  async run(input, io) {
    const registries = await withRecords(input.options, io, async (records) => everyRegistry(records, (await findAccount(records, input.options.account)).id));
    if (input.options.format === 'json') io.stdout(json(registries.map(registryFields)));
    else if (registries.length === 0) io.stderr('There is no registry yet: lazaret registry add NAME ADDRESS\n');
    else for (const line of grid(['NAME', 'ADDRESS', 'KIND', 'SCHEDULE', 'STATE', 'LAST'], registries.map(registryRow))) io.stdout(line);
    return 0;
  },
});

export const showRegistryCommand = defineCommand({
  name: 'registry show',
  summary: 'tell what is known of a registry, how its last sync went, and what it holds',
  options,
  positionals,
  async run(input, io) {
    const { registry, counts } = await withRecords(input.options, io, async (records) => {
      const { id: accountId } = await findAccount(records, input.options.account);
      const found = await findRegistry(records, accountId, input.positionals.registry);
      return { registry: found, counts: await countOfRegistry(records, accountId, found.id) };
    });
    if (input.options.format === 'json') io.stdout(json({ ...registryFields(registry), ...counts }));
    else for (const line of shownLines(registry, counts)) io.stdout(line);
    return 0;
  },
});

export const removeRegistryCommand = defineCommand({
  name: 'registry remove',
  summary: 'forget a registry, with the images and findings that only it had',
  options,
  positionals,
  async run(input, io) {
    const { name } = await withRecords(input.options, io, async (records) => {
      const { id: accountId } = await findAccount(records, input.options.account);
      const found = await findRegistry(records, accountId, input.positionals.registry);
      await removeRegistry(records, accountId, found.id);
      return found;
    });
    io.stdout(input.options.format === 'json' ? json({ name, removed: true }) : `${printable(name)} is removed.\n`);
    return 0;
  },
});

const pageSize = 500;

async function everyRegistry(records: Records, accountId: string): Promise<readonly ShownRegistry[]> {
  const all: ShownRegistry[] = [];
  for (;;) {
    const { rows } = await listRegistries(records, { accountId, offset: all.length, limit: pageSize });
    all.push(...rows);
    if (rows.length < pageSize) return all;
  }
}

/** A registry as commands tell it to programs. */
export function registryFields(registry: ShownRegistry): object {
  const { id, name, kind, address, region, insecure, username, hasSecret, policy, createdAt, updatedAt, sync } = registry;
  const { state, startedAt, finishedAt, error } = sync;
  return {
    id,
    name,
    kind,
    address,
    region,
    insecure,
    username,
    hasPassword: hasSecret,
    policy,
    createdAt: timeText(createdAt),
    updatedAt: timeText(updatedAt),
    sync: { state, startedAt: timeOrNull(startedAt), finishedAt: timeOrNull(finishedAt), nextAt: timeOrNull(nextSync(registry)), error },
  };
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : timeText(at);
}

function registryRow({ name, address, kind, policy, sync }: ShownRegistry): readonly string[] {
  return [name, address, kind, policy.schedule, sync.state, timeOrNull(sync.finishedAt ?? sync.startedAt) ?? ''];
}

function* shownLines(registry: ShownRegistry, { repositories, images, infectedImages, unscannedImages }: RegistryCounts): Generator<string> {
  const { name, address, kind, region, insecure, username, hasSecret, policy, sync } = registry;
  const rows: readonly (readonly [string, string])[] = [
    ['Name', name],
    ['Address', `${address}${insecure ? ' (insecure)' : ''}`],
    ['Kind', kind],
    ['Region', region],
    ['Log-in', hasSecret ? (username === '' ? 'by a token' : `as ${username}`) : 'none'],
    ['Repositories', policy.repositories.join(', ')],
    ['Patterns', [...policy.repositoryPatterns, ...policy.tagPatterns.map((pattern) => `:${pattern}`)].join(', ')],
    ['Newest tags', policy.newestTags === 0 ? 'all' : String(policy.newestTags)],
    ['New images', policy.scanNew ? 'are scanned' : 'are listed only'],
    ['Schedule', policy.schedule],
    ['Next sync', timeOrNull(nextSync(registry)) ?? ''],
    ['Last sync', [sync.state, timeOrNull(sync.finishedAt ?? sync.startedAt) ?? ''].join(' ').trim()],
    ['Holds', `${repositories} repositories, ${images} tags; ${infectedImages} with malware, ${unscannedImages} not scanned`],
  ];
  for (const [label, value] of rows) if (value !== '') yield `${label.padEnd(13)}${printable(value)}\n`;
  for (const line of sync.error.split('\n')) if (line !== '') yield `  ${printable(line)}\n`;
}
