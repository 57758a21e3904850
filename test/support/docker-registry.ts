import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { testFolder } from './folder.ts';

/** The one user of a registry with log-in. */
export const registryUser = { username: 'tester', password: 'secret' } as const;

// bcrypt of the password above, cost 5: the program that makes such lines need not be installed.
const passwordLine = 'tester:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n';

/** Starts Debian's docker-registry on a free port of loopback for one test, and gives its `host:port`. */
export async function startDockerRegistry(context: TestContext, options: { readonly login: boolean } = { login: false }): Promise<string> {
  const folder = testFolder(context);
  const passwords = join(folder, 'htpasswd');
  await writeFile(passwords, passwordLine);
  const login = options.login ? `auth:\n  htpasswd:\n    realm: test\n    path: ${passwords}\n` : '';
  const config = join(folder, 'config.yml');
  await writeFile(config, `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${join(folder, 'storage')}\nhttp:\n  addr: 127.0.0.1:0\n${login}`);
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  context.after(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  return listeningAddress(child);
}

/** Passes a request on to another server, for a server that stands in front of it. `onPart` may end the answer early. */
export function forward(host: string, request: IncomingMessage, response: ServerResponse, onPart: (sent: number) => boolean = () => true): void {
  const url = new URL(request.url ?? '/', `http://${host}`);
  const outgoing = httpRequest(url, { method: request.method ?? 'GET', headers: { ...request.headers, host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    let sent = 0;
    answer.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      response.write(chunk, () => {
        if (!onPart(sent)) response.destroy();
      });
    });
    answer.on('end', () => response.end());
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
}

async function listeningAddress(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`docker-registry does not listen:\n${lines.join('\n')}`)), 20_000);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (lines.length < 100) lines.push(line);
        const found = /listening on (127\.0\.0\.1:[0-9]+)/.exec(line)?.[1];
        if (found === undefined) return;
        clearTimeout(timer);
        resolve(found);
      });
    }
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`docker-registry ended with ${status}:\n${lines.join('\n')}`)));
  });
}
