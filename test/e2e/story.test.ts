import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { alibabaSdks } from '../support/alibaba-sdks.ts';
import { testFolder } from '../support/folder.ts';
import { conditionsText } from '../support/image-rules.ts';
import { buildImage, dockerArchive, file, type TestImage } from '../support/images.ts';
import { lazaret } from '../support/lazaret.ts';
import { registryHandler, serve } from '../support/registry.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { sdks } from '../support/tencent-sdks.ts';
import { until } from '../support/until.ts';

// The life of two malicious files in an image, as a responder sees it through both clouds.

const word = (name: string) => ['LAZARET', 'TEST', name].join('-');
const trojanRule = `rule Trojan { meta: name = "Test.Trojan.Story" severity = "high" strings: $a = "${word('TROJAN')}" condition: $a } `;
const minerRule = `rule Miner { meta: name = "Test.Miner.Story" severity = "medium" strings: $a = "${word('MINER')}" condition: $a }`;
const trojan = file('srv/trojan', word('TROJAN'));
const miner = file('srv/miner', word('MINER'));

const first = buildImage({ layers: [{ entries: [trojan] }, { entries: [miner] }] });
const second = buildImage({ layers: [{ entries: [trojan] }, { entries: [file('srv/readme', 'no miner any more')] }] });

type Row = Readonly<Record<string, unknown>>;

/** A file in an image as Alibaba tells of it; times in milliseconds. */
interface Told {
  readonly status: number;
  readonly first: number;
  readonly last: number;
  readonly verified: number;
}

interface Story {
  /** `image path status`, of all places that ever were. */
  readonly places: () => Promise<readonly string[]>;
  readonly place: (image: TestImage, path: string) => Promise<Told>;
  /** `name status images`, of all samples. */
  readonly samples: () => Promise<readonly string[]>;
  /** `image paths`, of all images as Tencent lists them, the newest of its repository with a star. */
  readonly images: () => Promise<readonly string[]>;
  /** First and latest scan of a file in an image, as Tencent writes them. */
  readonly times: (image: TestImage, path: string) => Promise<readonly unknown[]>;
  readonly scan: (image: TestImage) => Promise<void>;
  /** Scans all known images by a task of the server. */
  readonly scanAgain: () => Promise<void>;
  readonly setRules: (text: string) => void;
  readonly alibaba: (action: string, parameters: Row) => Promise<Row>;
  readonly tencent: (action: string, parameters: Row) => Promise<Row>;
  /** Runs a command over the same data. */
  readonly command: (...args: readonly string[]) => Promise<void>;
}

const bare = (digest: string): string => digest.replace('sha256:', '');
const names = new Map(
  [first, second].flatMap((image, index) => [image.configDigest, image.manifestDigest].map((id) => [bare(id), index === 0 ? 'first' : 'second'])),
);
const nameOf = (image: unknown): string => names.get(bare(String(image))) ?? assert.fail(`no image ${String(image)}`);

async function begin(context: TestContext): Promise<Story> {
  const folder = testFolder(context);
  const [data, rules] = [join(folder, 'data'), join(folder, 'rules.yar')];
  const setRules = (text: string) => writeFileSync(rules, text);
  setRules(trojanRule + minerRule);
  const key = JSON.parse((await lazaret(['keys', 'create', '--data', data, '--format', 'json'])).stdout) as {
    readonly secretId: string;
    readonly secretKey: string;
  };
  const serving = await startServing(data, ['--no-builtin-rules', '--rules', rules]);
  context.after(() => serving.stop());
  const command = async (...args: readonly string[]): Promise<void> => {
    const { status, stderr } = await lazaret([...args, '--data', data]);
    assert.equal(status, 0, stderr);
  };
  const scan = (image: TestImage) => scanImage(image, { folder, data, rules });
  return { ...throughTencent(serving, key), ...throughAlibaba(serving, key), command, setRules, scan };
}

async function scanImage(image: TestImage, { folder, data, rules }: { readonly folder: string; readonly data: string; readonly rules: string }): Promise<void> {
  const archive = join(folder, `${nameOf(image.configDigest)}.tar`);
  writeFileSync(archive, dockerArchive({ 'team/app:1': image }, { layout: 'blobs' }));
  const { status, stderr } = await lazaret(['scan', archive, '--data', data, '--no-builtin-rules', '--rules', rules, '--format', 'json']);
  assert.equal(status, 1, stderr);
}

type SdkKey = Parameters<(typeof sdks)[number]['connect']>[0]['key'];

function throughTencent({ endpoint }: Serving, key: SdkKey): Pick<Story, 'images' | 'times' | 'scanAgain' | 'tencent'> {
  const calls = sdks.map((sdk) => sdk.connect({ endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } }));
  // The international client drops the members that it does not know.
  const ask = async (action: string, input: Row): Promise<Row> => {
    const [one, ...others] = await Promise.all(calls.map(async (call) => ({ ...plain(await call(action, input)), RequestId: '' })));
    assert.ok(one);
    for (const other of others) assert.partialDeepStrictEqual(one, other, action);
    return one;
  };
  const viruses = async (ImageID: unknown): Promise<readonly Row[]> =>
    (await ask('DescribeAssetImageVirusList', { ImageID, Limit: 100, By: 'Path', Order: 'asc' }))['List'] as readonly Row[];
  return {
    tencent: ask,
    images: async () => {
      const { List } = await ask('DescribeAssetImageList', { Limit: 100 });
      const told: string[] = [];
      for (const image of List as readonly Row[]) {
        const rows = await viruses(image['ImageID']);
        assert.equal(image['VirusCnt'], rows.length);
        told.push([nameOf(image['ImageID']), ...rows.map((row) => row['Path']), ...(image['IsLatestImage'] === true ? ['*'] : [])].join(' '));
      }
      const { MalwareVirusCnt } = await ask('DescribeImageRiskSummary', {});
      const counted = (MalwareVirusCnt as readonly { readonly Cnt: number }[]).reduce((sum, { Cnt }) => sum + Cnt, 0);
      assert.equal(counted, told.join(' ').split('/srv/').length - 1, 'the summary agrees with the lists');
      return told.sort();
    },
    times: async (image, path) => {
      const row = (await viruses(image.configDigest)).find((one) => one['Path'] === path);
      return [row?.['FirstScanTime'], row?.['LatestScanTime']];
    },
    scanAgain: async () => {
      const [call] = calls;
      assert.ok(call);
      const { TaskID } = await call('CreateAssetImageScanTask', { All: true, ScanVirus: true });
      await until(async () => (await call('DescribeAssetImageScanStatus', { TaskID }))['Status'] === 'END', 'the task ends');
    },
  };
}

function throughAlibaba({ endpoint }: Serving, key: SdkKey): Pick<Story, 'places' | 'place' | 'samples' | 'alibaba'> {
  const calls = alibabaSdks.map((sdk) => sdk.connect({ endpoint, protocol: 'http', key }));
  const ask = async (action: string, input: Row): Promise<Row> => {
    const [one, ...others] = await Promise.all(calls.map(async (call) => plain(await call(action, input))));
    assert.ok(one);
    for (const other of others) assert.deepEqual({ ...other, RequestId: '' }, { ...one, RequestId: '' }, action);
    return one;
  };
  const page = { CurrentPage: 1, PageSize: '100', Lang: 'en' };
  const affected = async (): Promise<readonly Row[]> =>
    (await ask('DescribeAffectedMaliciousFileImages', page))['AffectedMaliciousFileImagesResponse'] as readonly Row[];
  return {
    alibaba: async (action, parameters) => (calls[0] ?? assert.fail())(action, parameters),
    places: async () => (await affected()).map((row) => `${nameOf(row['ImageUuid'])} ${String(row['FilePath'])} ${String(row['Status'])}`).sort(),
    place: async (image, path) => {
      const row = (await affected()).find((one) => one['ImageUuid'] === bare(image.configDigest) && one['FilePath'] === path);
      assert.ok(row, path);
      const time = (name: string): number => Number(row[name]);
      const told = { status: time('Status'), first: time('FirstScanTimestamp'), last: time('LatestScanTimestamp'), verified: time('LatestVerifyTimestamp') };
      assert.ok(told.first <= told.last && told.last <= told.verified, JSON.stringify(told));
      return told;
    },
    samples: async () => {
      const rows = (await ask('DescribeGroupedMaliciousFiles', page))['GroupedMaliciousFileResponse'] as readonly Row[];
      return rows.map((row) => `${String(row['MaliciousName'])} ${String(row['Status'])} ${String(row['ImageCount'])}`).sort();
    },
  };
}

function plain(answer: Row): Row {
  return JSON.parse(JSON.stringify(answer)) as Row;
}

test('a responder follows two files from their discovery to a new image, through both clouds', { timeout: 300_000 }, async (context) => {
  const { alibaba, images, place, places, samples, scan, scanAgain, setRules, times } = await begin(context);

  await scan(first);
  assert.deepEqual(await images(), ['first /srv/miner /srv/trojan *']);
  assert.deepEqual(await places(), ['first /srv/miner 0', 'first /srv/trojan 0']);
  assert.deepEqual(await samples(), ['Test.Miner.Story 0 1', 'Test.Trojan.Story 0 1']);
  const found = await place(first, '/srv/miner');
  assert.deepEqual([found.last, found.verified], [found.first, found.first]);
  const [firstTime, latestTime] = await times(first, '/srv/miner');
  assert.equal(firstTime, latestTime);

  await scanAgain();
  const seenAgain = await place(first, '/srv/miner');
  assert.equal(seenAgain.first, found.first, 'it was first seen when it was');
  assert.ok(seenAgain.last > found.last && seenAgain.verified === seenAgain.last);
  const told = await times(first, '/srv/miner');
  assert.equal(told[0], firstTime);
  assert.ok(String(told[1]) >= String(latestTime));

  setRules(trojanRule);
  await scanAgain();
  assert.deepEqual(await images(), ['first /srv/trojan *'], 'what is not found any more is not listed');
  assert.deepEqual(await samples(), ['Test.Miner.Story 1 1', 'Test.Trojan.Story 0 1']);
  const gone = await place(first, '/srv/miner');
  assert.deepEqual([gone.status, gone.first, gone.last], [1, found.first, seenAgain.last], 'seen last when it was seen last');
  assert.ok(gone.verified > seenAgain.verified);

  setRules(trojanRule + minerRule);
  await scanAgain();
  assert.deepEqual(await samples(), ['Test.Miner.Story 0 1', 'Test.Trojan.Story 0 1']);
  const back = await place(first, '/srv/miner');
  assert.ok(back.status === 0 && back.first === found.first && back.last > gone.verified);

  const Conditions = conditionsText(['PATH', 'equals', '/srv/trojan']);
  const rule = (await alibaba('AddImageEventOperation', { EventType: 'maliciousFile', OperationCode: 'whitelist', Conditions }))['Data'] as Row;
  assert.deepEqual(await images(), ['first /srv/miner *']);
  assert.deepEqual(await places(), ['first /srv/miner 0', 'first /srv/trojan 3']);
  await scanAgain();
  assert.deepEqual(await samples(), ['Test.Miner.Story 0 1', 'Test.Trojan.Story 3 1'], 'a rule holds for later scans');
  await alibaba('DeleteImageEventOperation', { Id: rule['Id'] });
  assert.deepEqual(await places(), ['first /srv/miner 0', 'first /srv/trojan 0']);

  const before = await place(first, '/srv/miner');
  await scan(second);
  assert.deepEqual(await images(), ['first /srv/miner /srv/trojan', 'second /srv/trojan *'], 'the old image has its files as before');
  assert.deepEqual(await places(), ['first /srv/miner 1', 'first /srv/trojan 0', 'second /srv/trojan 0']);
  assert.deepEqual(await samples(), ['Test.Miner.Story 1 1', 'Test.Trojan.Story 0 2']);
  const fixed = await place(first, '/srv/miner');
  assert.deepEqual([fixed.first, fixed.last], [found.first, before.last]);
  const inSecond = await place(second, '/srv/trojan');
  assert.equal(fixed.verified, inSecond.verified, 'verified by the scan of the new image');
  assert.ok(inSecond.first > before.last, 'in the new image it is new');

  await scanAgain();
  assert.deepEqual(await places(), ['first /srv/miner 1', 'first /srv/trojan 0', 'second /srv/trojan 0'], 'the old image scanned again changes nothing');
  assert.ok((await place(first, '/srv/miner')).last > fixed.last);

  await scan(first);
  assert.deepEqual(await images(), ['first /srv/miner /srv/trojan *', 'second /srv/trojan'], 'the tag is back at the old image');
  assert.deepEqual(await samples(), ['Test.Miner.Story 0 1', 'Test.Trojan.Story 0 2']);
  assert.equal((await place(first, '/srv/miner')).first, found.first);
});

// A scan that ends between the answers to two clients makes them differ; once it has ended they must not.
function whileItChanges(error: unknown): undefined {
  if (!(error instanceof assert.AssertionError)) throw error;
}

test('and through a registry whose tag moves on and back', { timeout: 300_000 }, async (context) => {
  const { command, place, places, samples, tencent } = await begin(context);
  const tags: Record<string, string> = { 1: first.manifestDigest };
  const answer = registryHandler({ blobs: new Map([...first.blobs, ...second.blobs]), tags });
  const { host } = await serve(context, (request, response) =>
    request.url?.includes('/tags/list') === true ? void response.end(JSON.stringify({ tags: Object.keys(tags) })) : answer(request, response),
  );
  // What the tag names, as Tencent lists it, once it is scanned.
  const listed = async (image: TestImage): Promise<Row> => {
    let row: Row | undefined;
    await until(
      async () => {
        const list = await tencent('DescribeAssetImageRegistryList', { Limit: 10 }).catch(whileItChanges);
        const rows = (list?.['List'] ?? []) as readonly Row[];
        row = rows.find((one) => one['ImageDigest'] === image.manifestDigest && one['ScanStatus'] === 'SCANNED');
        return row !== undefined && rows.length === 1;
      },
      `${nameOf(image.manifestDigest)} is listed and scanned`,
    );
    return row ?? assert.fail();
  };
  await command('registry', 'add', 'main', host, '--repository', 'team/app', '--scan-new');
  await command('registry', 'sync', 'main');
  const before = await listed(first);
  assert.deepEqual([before['VirusCnt'], before['ImageTag'], before['Namespace'], before['ImageName']].map(String), ['2', '1', 'team', 'app']);
  assert.deepEqual(await places(), ['first /srv/miner 0', 'first /srv/trojan 0']);
  const found = await place(first, '/srv/miner');

  tags['1'] = second.manifestDigest;
  await command('registry', 'sync', 'main');
  assert.equal((await listed(second))['VirusCnt'], 1);
  assert.deepEqual(await places(), ['first /srv/miner 1', 'first /srv/trojan 0', 'second /srv/trojan 0']);
  assert.deepEqual(await samples(), ['Test.Miner.Story 1 1', 'Test.Trojan.Story 0 2']);
  const fixed = await place(first, '/srv/miner');
  assert.deepEqual([fixed.first, fixed.last], [found.first, found.last]);
  assert.equal(fixed.verified, (await place(second, '/srv/trojan')).verified);
  assert.equal((await tencent('DescribeAssetImageRegistryVirusList', { Id: before['Id'] }))['TotalCount'], 2, 'the old image has its files as before');

  tags['1'] = first.manifestDigest;
  await command('registry', 'sync', 'main');
  assert.equal((await listed(first))['VirusCnt'], 2);
  assert.deepEqual(await samples(), ['Test.Miner.Story 0 1', 'Test.Trojan.Story 0 2']);
});
