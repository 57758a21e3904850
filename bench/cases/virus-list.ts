import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createKey } from '#app/create-key.ts';
import { appOver } from '../../test/support/app-over.ts';
import { storedFindings, storeImageWith } from '../finding-store.ts';
import type { Lab } from '../lab.ts';
import { launcher } from '../lazaret.ts';
import type { LoadOrder, LoadResult } from '../load-client.ts';
import { type Outcome, rateRow } from '../result.ts';
import { type Running, runProgram, startProgram } from '../run-program.ts';
import { portOf } from '../server-port.ts';
import { type SignedCall, signedCall } from '../signed-call.ts';

const leastRatio = 0.4;
const pageSize = 10;
const connections = 16;
const seconds = 4;

/** DescribeAssetImageVirusList over 100,000 findings against a server of Node alone that answers the same bytes. */
export async function virusList(lab: Lab): Promise<Outcome> {
  lab.say('storing 100,000 findings');
  const { dataDir, call } = await prepare(lab);
  const servers: Running[] = [];
  const start = async (args: readonly string[]): Promise<number> => {
    const server = startProgram(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], lab.signal);
    servers.push(server);
    return await portOf(server);
  };
  try {
    const ours = await start([launcher, 'serve', '--data', dataDir, '--listen', 'http://127.0.0.1:0', '--rate', '0', '--no-builtin-rules']);
    const answer = await firstAnswer(ours, call);
    const body = path.join(lab.workspace.temporary, 'answer.json');
    await writeFile(body, answer);
    const bare = await start([path.resolve(import.meta.dirname, '../bare-server.ts'), body]);
    return await compare(lab, { ours, bare, call });
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function prepare(lab: Lab): Promise<{ readonly dataDir: string; readonly call: SignedCall }> {
  const dataDir = await lab.workspace.folder();
  const app = await appOver(dataDir);
  try {
    const imageId = await storeImageWith(app.store, Date.now());
    const key = await createKey(app, 'default', { name: 'bench', randomBytes });
    return { dataDir, call: { secretId: key.secretId, secretKey: key.secretKey, imageId } };
  } finally {
    await app.store.close();
  }
}

async function firstAnswer(port: number, call: SignedCall): Promise<Buffer> {
  const { headers, body } = signedCall(call, { offset: 0, limit: pageSize, timestamp: Math.floor(Date.now() / 1000) });
  // Not by `fetch`, which puts its own host into the request.
  const asked = request({ port, host: '127.0.0.1', method: 'POST', headers });
  const answered = once(asked, 'response') as Promise<[IncomingMessage]>;
  asked.end(body);
  const answer = await buffer((await answered)[0]);
  const { Response: content } = JSON.parse(answer.toString()) as { readonly Response: { readonly TotalCount?: number; readonly List?: readonly unknown[] } };
  if (content.TotalCount !== storedFindings || content.List?.length !== pageSize) throw new Error(`an unexpected answer: ${answer.toString().slice(0, 500)}`);
  return answer;
}

async function compare(lab: Lab, servers: { readonly ours: number; readonly bare: number; readonly call: SignedCall }): Promise<Outcome> {
  const failures: string[] = [];
  const rates = { same: { ours: [] as number[], bare: [] as number[] }, every: { ours: [] as number[], bare: [] as number[] } };
  for (let run = 0; run < lab.runs; run++) {
    lab.say(`virus list, run ${run + 1} of ${lab.runs}`);
    for (const pages of ['same', 'every'] as const) {
      for (const side of ['ours', 'bare'] as const) {
        const order: LoadOrder = { port: servers[side], call: servers.call, pages, pageSize, total: storedFindings, connections, seconds };
        const { requests, failed, took } = await load(lab, order);
        if (failed > 0) failures.push(`${failed} of ${requests} requests failed (${side}, ${pages} page)`);
        rates[pages][side].push(requests / took);
      }
    }
  }
  const rows = [
    rateRow('DescribeAssetImageVirusList, the same page', rates.same.ours, { name: 'bare node:http', rates: rates.same.bare }, leastRatio),
    rateRow('DescribeAssetImageVirusList, pages in mixed order', rates.every.ours, { name: 'bare node:http', rates: rates.every.bare }, leastRatio),
  ];
  return { rows, failures };
}

async function load(lab: Lab, order: LoadOrder): Promise<LoadResult> {
  const program = path.resolve(import.meta.dirname, '../load-client.ts');
  const { stdout } = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    signal: lab.signal,
    input: JSON.stringify(order),
  });
  return JSON.parse(stdout) as LoadResult;
}
