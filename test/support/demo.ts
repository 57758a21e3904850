// `npm run demo`: a real image with harmless test malware, scanned by the real command, asked for through the clouds' own SDK.
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tcss } from 'tencentcloud-sdk-nodejs';
import { buildImage, dockerArchive, file, type TarEntry, whiteout } from './images.ts';
import { lazaret, startLazaret } from './lazaret.ts';
import { eicar, ruleSamples } from './samples.ts';
import { startServing } from './serving.ts';

const folder = mkdtempSync(join(tmpdir(), 'lazaret-demo-'));
const dataDir = join(folder, 'data');
const archive = join(folder, 'shop.tar');
const say = (text = '') => process.stdout.write(`${text}\n`);

try {
  await demo();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function demo(): Promise<void> {
  const tree = realFiles(60_000_000);
  const planted = plantedFiles();
  say(`Step 1. An image: ${tree.length} files of this system, and over them EICAR and ${planted.length - 1} generated samples of test malware (harmless).`);
  const image = buildImage({
    layers: [
      { entries: tree, packing: 'gzip', createdBy: 'COPY system files' },
      { entries: planted, packing: 'gzip', createdBy: 'COPY shop /srv' },
      {
        entries: [whiteout('srv/shop/eicar.com'), file('srv/shop/README', 'The test file was deleted in this layer; it is still in the one below.')],
        packing: 'gzip',
        createdBy: 'RUN rm eicar.com',
      },
    ],
  });
  writeFileSync(archive, dockerArchive({ 'demo/shop:1.0': image }, { layout: 'blobs' }));

  say();
  say('Step 2. lazaret scan shop.tar');
  say();
  await watch(['scan', archive, '--data', dataDir]);

  say();
  say('Step 3. lazaret keys create; lazaret serve; then DescribeAssetImageVirusList through tencentcloud-sdk-nodejs:');
  say();
  const made = await lazaret(['keys', 'create', '--data', dataDir, '--name', 'demo', '--format', 'json']);
  const key = JSON.parse(made.stdout) as { readonly secretId: string; readonly secretKey: string };
  const serving = await startServing(dataDir);
  try {
    const client = new tcss.v20201101.Client({
      credential: { secretId: key.secretId, secretKey: key.secretKey },
      profile: { httpProfile: { endpoint: serving.endpoint, protocol: 'http://' } },
    });
    const answer = await client.DescribeAssetImageVirusList({ ImageID: image.configDigest, Limit: 100, By: 'RiskLevel', Order: 'desc' });
    say(`TotalCount ${answer.TotalCount}, VirusScanStatus ${answer.VirusScanStatus} (2: scanned), RequestId ${answer.RequestId}`);
    say();
    for (const virus of answer.List ?? []) say(`  RiskLevel ${virus.RiskLevel}  ${(virus.VirusName ?? '').padEnd(32)}  ${virus.Path}`);
    const [first] = answer.List ?? [];
    if (first !== undefined) say(`\nOne of them whole:\n${JSON.stringify(first, null, 2)}`);
  } finally {
    await serving.stop();
  }
  say();
  say('Next:');
  say('  ./bin/lazaret scan FILE.tar                    an image of yours, from docker save');
  say('  ./bin/lazaret scan HOST/NAME:TAG               one in a registry');
  say('  ./bin/lazaret scan dir:/srv --rules my.yar     a directory, with rules of yours');
  say('  ./bin/lazaret keys create && ./bin/lazaret serve    then point your SDK at http://127.0.0.1:8787');
}

async function watch(args: readonly string[]): Promise<void> {
  const running = startLazaret(args);
  running.child.stdout?.pipe(process.stdout, { end: false });
  running.child.stderr?.pipe(process.stderr, { end: false });
  const { status } = await running.ended;
  await sleep(50);
  say();
  say(`exit status ${status} (1: malware found)`);
}

/** Files of the running system up to so many bytes: the base layer. */
function realFiles(bytes: number): TarEntry[] {
  const entries: TarEntry[] = [];
  let left = bytes;
  for (const directory of ['etc', 'usr/bin', 'usr/lib/python3', 'usr/share/perl5', 'usr/sbin']) {
    const waiting = [directory];
    for (let path = waiting.pop(); path !== undefined && left > 0; path = waiting.pop()) {
      for (const name of namesIn(path)) {
        const child = `${path}/${name}`;
        const stats = lstatSync(`/${child}`);
        if (stats.isDirectory()) waiting.push(child);
        // Small files only, and none that others may not read.
        if (!stats.isFile() || stats.size > 2_000_000 || (stats.mode & 0o004) === 0 || stats.size > left) continue;
        entries.push(file(child, readFileSync(`/${child}`), { mode: stats.mode & 0o7777 }));
        left -= stats.size;
      }
    }
  }
  return entries;
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(`/${path}`).toSorted();
  } catch {
    return [];
  }
}

// A sample of each area of the built-in rules, where such things are found.
function plantedFiles(): TarEntry[] {
  const chosen = ruleSamples.filter((_, index) => index % 5 === 1);
  return [file('srv/shop/eicar.com', eicar()), ...chosen.map((sample) => file(sample.path, sample.positive(), { mode: 0o755 }))];
}
