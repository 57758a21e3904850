import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import type { Store } from '#store/store.ts';
import type { EstateFacts } from './estate.ts';
import type { Lab } from './lab.ts';
import { askChoices, type CallChoices, type Input, inputOf, type ListCall, listCalls, pageOf, pageSizeOf } from './list-calls.ts';
import { createRandom } from './random.ts';
import { latencyRow, type Outcome, type Row, readingPrefix } from './result.ts';
import { type SigningKey, signedAlibaba, signedTencent } from './signed-call.ts';

const mostRatio = 3;
/** Different requests of each call. */
const requests = 120;
/** How many are tried for one that is not refused. */
const attempts = 4;
/** How often each is made; the median counts. */
const times = 3;
const parts = [0, 0, 0.5, 1, 0.9];
const shownSlowest = 3;

/** A server over an estate, and a hand on its data. */
export interface Side {
  readonly pid: number;
  readonly store: Store;
  readonly port: number;
  readonly key: SigningKey;
  readonly facts: EstateFacts;
  readonly agent: Agent;
}

/** Asks both servers the same in turns. */
export async function measureLists({ say, calls }: Pick<Lab, 'say' | 'calls'>, small: Side, large: Side): Promise<Outcome> {
  const rows: Row[] = [];
  const failures: string[] = [];
  for (const call of listCalls()) {
    const { action } = call.operation;
    if (calls.length > 0 && !calls.includes(action)) continue;
    const measured = await measureCall(call, small, large);
    if (measured.failed.length > 0) failures.push(`${action}: ${measured.failed.length} requests failed, such as ${measured.failed[0]}`);
    if (measured.asked.length === 0) {
      say(`${action}: refuses every request, not measured`);
      continue;
    }
    const row = latencyRow(
      `${readingPrefix}${action} (${measured.asked.length})`,
      { ours: measured.asked.map(({ large: ms }) => ms), peer: measured.asked.map(({ small: ms }) => ms) },
      mostRatio,
    );
    rows.push(row);
    say(`${row.verdict === 'over' ? 'MISSED ' : ''}${action}: ${row.ours}, ${row.peer}, ratio ${row.ratio}`);
    if (row.verdict === 'over') {
      const slowest = [...measured.asked].sort((left, right) => right.large - left.large).slice(0, shownSlowest);
      for (const each of slowest) say(`  ${each.large.toFixed(1)} ms, small ${each.small.toFixed(1)} ms: ${JSON.stringify(each.input)}`);
    }
  }
  return { rows, failures };
}

interface Asked {
  readonly input: Input;
  /** Milliseconds of the server's processor time. */
  readonly small: number;
  readonly large: number;
}

/** Requests before the first that counts, as a server has been asked before. */
const firstRequests = 12;

async function measureCall(call: ListCall, small: Side, large: Side): Promise<{ readonly asked: readonly Asked[]; readonly failed: readonly string[] }> {
  const choices = await choicesOf(call, small);
  const asked: Asked[] = [];
  const failed: string[] = [];
  for (let seed = 1; seed <= firstRequests; seed++) {
    for (const side of [small, large]) {
      const input = await aim(call, choices, { side, seed });
      if (input !== undefined) await askAfterWrite(side, call, input);
    }
  }
  for (let seed = 1; seed <= requests; seed++) {
    const inputs = await aimBoth(call, choices, { small, large, seed });
    if (inputs === undefined) continue;
    const took = { small: [] as number[], large: [] as number[] };
    for (let time = 0; time < times; time++) {
      for (const [name, side] of [
        ['small', small],
        ['large', large],
      ] as const) {
        const answer = await askAfterWrite(side, call, inputs[name]);
        took[name].push(answer.ms);
        if (answer.status >= 500) failed.push(JSON.stringify(inputs[name]));
      }
    }
    asked.push({ input: inputs.large, small: median(took.small), large: median(took.large) });
  }
  return { asked, failed };
}

async function choicesOf(call: ListCall, side: Side): Promise<CallChoices> {
  const least = inputOf(call, { filters: new Map(), orders: [] }, { facts: side.facts, random: createRandom(1) });
  return askChoices(call, least, async (input) => (await ask(side, call, input)).error);
}

interface Aimed {
  readonly small: Input;
  readonly large: Input;
}

// The request of this seed for both, else one of a few others: calls may refuse what does not go together.
async function aimBoth(
  call: ListCall,
  choices: CallChoices,
  { small, large, seed }: { readonly small: Side; readonly large: Side; readonly seed: number },
): Promise<Aimed | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const drawn = seed + attempt * requests;
    const inputs = { small: await aim(call, choices, { side: small, seed: drawn }), large: await aim(call, choices, { side: large, seed: drawn }) };
    if (inputs.small !== undefined && inputs.large !== undefined) return { small: inputs.small, large: inputs.large };
  }
  return undefined;
}

// The request of this seed, with a page that lies somewhere in its list; undefined where it is refused.
async function aim(call: ListCall, choices: CallChoices, { side, seed }: { readonly side: Side; readonly seed: number }): Promise<Input | undefined> {
  const random = createRandom(seed);
  const size = pageSizeOf(random);
  const part = random.pick(parts);
  const input = inputOf(call, choices, { facts: side.facts, random });
  const first = await ask(side, call, { ...input, ...pageOf(call, { total: 0, part: 0, size }) });
  if (first.error !== '') return undefined;
  return { ...input, ...pageOf(call, { total: first.total, part, size }) };
}

// Something is written before each request, so that nothing that was kept of an earlier one helps.
async function askAfterWrite(side: Side, call: ListCall, input: Input): Promise<Answer & { readonly ms: number }> {
  const at = Date.now();
  await side.store.audit.add({ accountId: 'default', at, cloud: 'bench', keyId: '', address: '', action: 'bench', requestId: '', code: 'OK', input: '' });
  const before = await processorTime(side.pid);
  const answer = await ask(side, call, input);
  return { ...answer, ms: (await processorTime(side.pid)) - before };
}

// Milliseconds that all threads of a process have spent on a processor: what else the machine does hardly shows in it.
async function processorTime(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`;
  let sum = 0;
  for (const thread of await readdir(folder)) {
    // A thread may end meanwhile.
    const text = await readFile(`${folder}/${thread}/schedstat`, 'utf8').catch(() => '0');
    sum += Number(text.split(' ', 1)[0]);
  }
  return sum / 1e6;
}

interface Answer {
  readonly status: number;
  /** '' for an answer. */
  readonly error: string;
  readonly total: number;
}

async function ask(side: Side, { cloud, version, operation }: ListCall, input: Input): Promise<Answer> {
  const called = { action: operation.action, version, timestamp: Math.floor(Date.now() / 1000) };
  const { headers, body } = (cloud === 'tencent' ? signedTencent : signedAlibaba)(side.key, called, input);
  // Not by `fetch`, which puts its own host into the request.
  const asked = request({
    port: side.port,
    host: '127.0.0.1',
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: side.agent,
  });
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  asked.end(body);
  const [response] = await answered;
  const content = (await json(response)) as Readonly<Record<string, unknown>>;
  const inner = (content['Response'] ?? content) as Readonly<Record<string, unknown>>;
  const error = inner['Error'] as { readonly Message: string } | undefined;
  const message = error?.Message ?? (response.statusCode === 200 ? '' : String(inner['Message']));
  return { status: response.statusCode ?? 0, error: message, total: totalOf(inner) };
}

function totalOf(answer: Readonly<Record<string, unknown>>): number {
  const page = answer['PageInfo'] as Readonly<Record<string, unknown>> | undefined;
  return Number(answer['TotalCount'] ?? page?.['TotalCount'] ?? 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}
