import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testFolder } from '../support/folder.ts';
import { buildImage, dockerArchive, file, whiteout } from '../support/images.ts';
import { lazaret } from '../support/lazaret.ts';
import { eicar, ruleSamples } from '../support/samples.ts';
import { type Serving, startServing } from '../support/serving.ts';

// The scripts of the README as they stand there, but for the server's address.

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const address = '127.0.0.1:8787';

interface Script {
  readonly name: string;
  readonly source: string;
  /** What the README says that it prints. */
  readonly prints: string;
}

const scripts: readonly Script[] = [
  ...readme.matchAll(/`(?<name>\w+\.mjs)`(?:(?!```)[^])*```js\n(?<source>[^]*?)```\n+```\n\$ [^\n]* node \k<name>\n(?<prints>[^]*?)```/g),
].map(({ groups = {} }) => ({ name: groups['name'] ?? '', source: groups['source'] ?? '', prints: groups['prints'] ?? '' }));

async function openShop(context: TestContext): Promise<{ readonly serving: Serving; readonly key: Readonly<Record<string, string>> }> {
  const folder = testFolder(context);
  const data = join(folder, 'data');
  const sample = (rule: string): Buffer => ruleSamples.find((one) => one.rule === rule)?.positive() ?? assert.fail(`no sample of ${rule}`);
  const image = buildImage({
    layers: [
      { entries: [file('etc/hostname', 'shop\n')] },
      {
        entries: [
          file('var/www/html/upload.php', sample('Php_Webshell_Eval')),
          file('tmp/.x/java', sample('Linux_Miner_Xmrig')),
          file('srv/eicar.com', eicar()),
        ],
      },
      { entries: [whiteout('srv/eicar.com')] },
    ],
  });
  const archive = join(folder, 'shop.tar');
  writeFileSync(archive, dockerArchive({ 'demo/shop:1.0': image }, { layout: 'blobs' }));
  const scan = await lazaret(['scan', archive, '--data', data]);
  assert.equal(scan.status, 1, scan.stderr);
  const key = JSON.parse((await lazaret(['keys', 'create', '--name', 'my-script', '--data', data, '--format', 'json'])).stdout) as Record<string, string>;
  const serving = await startServing(data);
  context.after(() => serving.stop());
  return { serving, key };
}

async function run(source: string, key: Readonly<Record<string, string>>): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, SECRET_ID: key['secretId'] ?? '', SECRET_KEY: key['secretKey'] ?? '' };
  const child = spawn(process.execPath, ['--input-type=module', '-'], { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(source);
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  assert.equal(status, 0, stderr);
  return stdout;
}

test('every script of the README prints what the README says', { timeout: 120_000 }, async (context) => {
  assert.deepEqual(
    scripts.map(({ name }) => name),
    ['malware.mjs', 'samples.mjs', 'places.mjs'],
  );
  assert.equal(readme.split('```js').length - 1, scripts.length, 'no script is left out');
  const { serving, key } = await openShop(context);
  for (const { name, source, prints } of scripts) {
    assert.equal(source.split(address).length, 2, `${name} names the server once`);
    const printed = await run(source.replace(address, serving.endpoint), key);
    // How often the task is asked for depends on the machine.
    assert.equal(printed.replace(/^task \d+: (?:READY|SCANNING), \d+ %\n/gm, ''), prints, name);
  }
});
