import { cr } from '#clouds/alibaba/cr/index.ts';
import { sas } from '#clouds/alibaba/sas/index.ts';
import type { Operation } from '#clouds/operation.ts';
import type { Parameter } from '#clouds/parameters.ts';
import { tcss } from '#clouds/tencent/tcss/index.ts';
import type { EstateFacts } from './estate.ts';
import type { Random } from './random.ts';

/** A call that only reads, as the products list it. */
export interface ListCall {
  readonly cloud: 'tencent' | 'alibaba';
  readonly version: string;
  readonly operation: Operation;
}

/** What the server itself told of a call: the names of its filters, their choices, and its orders. */
export interface CallChoices {
  readonly filters: ReadonlyMap<string, readonly string[]>;
  readonly orders: readonly string[];
}

export type Input = Readonly<Record<string, unknown>>;

/** Every call of every product that reads, so that those added later are measured too. */
export function listCalls(): readonly ListCall[] {
  const of = (cloud: ListCall['cloud'], products: readonly { readonly version: string; readonly operations: readonly Operation[] }[]): readonly ListCall[] =>
    products.flatMap(({ version, operations }) =>
      operations
        .filter(({ action, changes }) => changes !== true && /^(?:Describe|Get|List)/.test(action))
        .map((operation): ListCall => ({ cloud, version, operation })),
    );
  return [...of('tencent', [tcss]), ...of('alibaba', [sas, cr])];
}

/** Asks a call for what it refuses, and reads its choices from the refusal. `send` gives the message of an error, '' for an answer. */
export async function askChoices({ operation }: ListCall, least: Input, send: (input: Input) => Promise<string>): Promise<CallChoices> {
  const filters = new Map<string, readonly string[]>();
  if ('Filters' in operation.parameters) {
    const names = choicesIn(await send({ ...least, Filters: [{ Name: '?', Values: ['?'] }] }));
    for (const name of names) filters.set(name, choicesIn(await send({ ...least, Filters: [{ Name: name, Values: ['?'] }] })));
  }
  return { filters, orders: 'By' in operation.parameters ? choicesIn(await send({ ...least, By: '?' })) : [] };
}

function choicesIn(message: string): readonly string[] {
  const list = /(?:is not one of|must be one of|takes) ([\w.-]*\w(?:, [\w.-]*\w)*)/.exec(message)?.[1];
  return list === undefined ? [] : list.split(', ');
}

/** One more request than the last: the same random numbers give requests of the same kind for each estate. */
export function inputOf({ operation }: ListCall, choices: CallChoices, { facts, random }: { readonly facts: EstateFacts; readonly random: Random }): Input {
  const input: Record<string, unknown> = {};
  const percent = percentOf(Object.keys(operation.parameters).length);
  for (const [name, parameter] of Object.entries(operation.parameters)) {
    const isWanted = random.chance(parameter.required === true ? 100 : percent);
    if (name in pageParameters) continue;
    if (name === 'Filters') {
      const filters = filtersOf(choices, facts, random);
      if (filters.length > 0) input['Filters'] = filters;
    } else if (name === 'By') {
      if (choices.orders.length > 0 && random.chance(70)) input['By'] = random.pick(choices.orders);
    } else if (name === 'Order') {
      if (random.chance(70)) input['Order'] = random.pick(['asc', 'desc']);
    } else {
      const value = valueOf({ action: operation.action, name, parameter }, facts, random);
      if (isWanted && value !== undefined) input[name] = value;
    }
  }
  return input;
}

const pageParameters = { Limit: true, Offset: true, PageSize: true, CurrentPage: true, PageNo: true, PageNumber: true };
const pageSizes = [10, 20, 100];

/** The page of the input at a part, from 0 to 1, of a list of `total` rows. */
export function pageOf({ operation }: ListCall, { total, part, size }: { readonly total: number; readonly part: number; readonly size: number }): Input {
  const page = Math.floor((Math.max(0, total - 1) / size) * part);
  const named = Object.keys(operation.parameters);
  return {
    ...(named.includes('Limit') ? { Limit: size } : {}),
    ...(named.includes('Offset') ? { Offset: page * size } : {}),
    ...(named.includes('PageSize') ? { PageSize: size } : {}),
    ...Object.fromEntries(['CurrentPage', 'PageNo', 'PageNumber'].filter((name) => named.includes(name)).map((name) => [name, page + 1])),
  };
}

export function pageSizeOf(random: Random): number {
  return random.pick(pageSizes);
}

function filtersOf({ filters }: CallChoices, facts: EstateFacts, random: Random): readonly object[] {
  return [...filters].flatMap(([name, choices]) => {
    // Both numbers are drawn for every filter, whether it is taken or not.
    const isWanted = random.chance(percentOf(filters.size));
    const value = choices.length > 0 ? random.pick(choices) : random.pick(textsOf(name, facts));
    const isExact = random.chance(25);
    return isWanted ? [{ Name: name, Values: [value], ExactMatch: isExact }] : [];
  });
}

// One or two of all that can be asked for, so that most requests find something.
function percentOf(count: number): number {
  return Math.min(35, Math.ceil(130 / count));
}

interface Asked {
  readonly action: string;
  readonly name: string;
  readonly parameter: Parameter;
}

function valueOf(asked: Asked, facts: EstateFacts, random: Random): unknown {
  const { name, parameter } = asked;
  const ids = idsOf(asked, facts);
  switch (parameter.kind) {
    case 'text':
      return String(random.pick(ids ?? textsOf(name, facts)));
    case 'integer':
      return ids === undefined ? random.between(Math.max(0, parameter.min), Math.min(parameter.max, parameter.min + 5)) : Number(random.pick(ids));
    case 'boolean':
      return random.chance(50);
    case 'list':
      return parameter.item.kind === 'object' ? undefined : [valueOf({ ...asked, parameter: parameter.item }, facts, random)];
    case 'object':
      return undefined;
  }
}

// Numbers and texts by which something of the estate is known; undefined for other parameters.
function idsOf({ action, name }: Asked, { work, rules, placeIds }: EstateFacts): readonly (string | number)[] | undefined {
  if (name === 'ConfigId') return rules.filter((_, index) => index % 2 === 0);
  if (name === 'Id') return action.includes('ImageEventOperation') ? rules.filter((_, index) => index % 2 === 1) : placeIds;
  if (/^(?:Root)?Task(?:ID|Id)$/.test(name)) return action.includes('Registry') ? work.registryTasks : work.localTasks;
  if (/^Job(?:ID|Id)$/.test(name)) return work.exports;
  if (/^(?:FileHash|HashKey|HashKeyList)$/.test(name)) return work.files;
  return undefined;
}

const absent = 'qqzzqq';
const criteria = [
  [['tag', '1.1']],
  [['repoName', absent]],
  [
    ['riskStatus', 'YES'],
    ['repoNamespace', 'team-1'],
  ],
].map((items) => JSON.stringify(items.map(([name, value]) => ({ name, value }))));

// Common, rare and absent values of what a parameter or a filter is named after.
function textsOf(name: string, facts: EstateFacts): readonly string[] {
  const texts: readonly (readonly [RegExp, readonly string[]])[] = [
    [/^Lang$/, ['en', 'zh']],
    [/^RepoStatus$/, ['ALL', 'NORMAL']],
    [/^Levels?$/, ['serious', 'suspicious', 'remind', 'serious,suspicious']],
    [/^ScanRange$/, ['image']],
    [/^(Type|TargetType)$/, ['image_repo']],
    [/^OperateType$/, ['count', 'other']],
    [/^FieldName$/, ['repoName', 'repoNamespace']],
    [/^ContainerFieldName$/, ['imageRepoName', 'imageRepoTag']],
    [/^LogicalExp$/, ['AND', 'OR']],
    [/^Criteria$/, criteria],
    [/^Dealed$/, ['Y', 'N', 'A']],
    [/^PastDay$/, ['1', '30', '365']],
    [/^EventType$/, ['maliciousFile', 'sensitiveFile']],
    [/^Status$/, ['0', '1', '2', '3']],
    [/^(Name|FuzzyMaliciousName|MaliciousName|VirusName)$/, ['Trojan', 'file-1', 'Miner.Xm', ...facts.names.slice(0, 2), absent]],
    [/Md5/i, [...facts.md5s, '0'.repeat(32)]],
    [/^(ImageID|ImageId|ImageUuid|Uuid|Uuids)$/, [...facts.imageIds, 'sha256:ab', absent]],
    [/Layer/, [...facts.layers, absent]],
    [/Digest/, [...facts.digests, absent]],
    [/^Keywords?$/, ['app', 'sha256:ab', ...facts.references.slice(1, 3), absent]],
    [/^(ImageName|Image)$/, ['app', 'team-1', 'p', ...facts.references.slice(0, 4), absent]],
    [/Region/, [...facts.regions, absent]],
    [/InstanceId|RegistryId/, ['2', '5', 'zz'].map((id) => `cri-${id.padStart(16, '0')}`)],
    [/RepoId/, [`crr-${'2'.padStart(16, '0')}`, `crr-${'zzzz'.padStart(16, '0')}`]],
    [/Namespace/, ['team', 'team-1', absent]],
    [/Repo|RegistryName/, ['app', 'shop-1', 'p', absent]],
    [/Tag/, ['1.1', '1.19', absent]],
    [/Host/, [...facts.hosts, absent]],
    [/^NextToken$/, ['10', '100'].map((after) => Buffer.from(`after ${after}`).toString('base64url'))],
    [/^Task(?:Name|Type)$/, ['IMAGE_SCAN']],
  ];
  return texts.find(([pattern]) => pattern.test(name))?.[1] ?? ['app', 'team-1', absent];
}
