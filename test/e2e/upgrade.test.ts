import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openStore } from '#store/index.ts';
import { alibabaSdks } from '../support/alibaba-sdks.ts';
import { testFolder } from '../support/folder.ts';
import { buildImage, dockerArchive, file } from '../support/images.ts';
import { lazaret } from '../support/lazaret.ts';
import { startServing } from '../support/serving.ts';
import { sdkProfiles, sdks } from '../support/tencent-sdks.ts';

// A data directory of the first schema, with data in it, under the commands of today.

const dump = readFileSync(new URL('../support/first-schema.sql', import.meta.url), 'utf8');
const key = { secretId: 'AKIDfirstworking', secretKey: 'secret-of-the-first-working' };

type Row = Readonly<Record<string, unknown>>;

function oldData(context: TestContext): string {
  const dataDir = testFolder(context);
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
  database.exec(dump);
  database.close();
  return dataDir;
}

function rowsOf(dataDir: string, columns: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly unknown[]> {
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
  try {
    return new Map(
      [...columns].map(([table, names]) => {
        const list = names.join(', ');
        return [
          table,
          database
            .prepare(`SELECT ${list} FROM ${table} ORDER BY ${list}`)
            .all()
            .map((row) => ({ ...row })),
        ] as const;
      }),
    );
  } finally {
    database.close();
  }
}

// Columns by table.
function columnsOf(dataDir: string): ReadonlyMap<string, readonly string[]> {
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
  try {
    const rows = database
      .prepare(
        "SELECT t.name AS tab, c.name AS col FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
      )
      .all() as { readonly tab: string; readonly col: string }[];
    return new Map(Object.entries(Object.groupBy(rows, ({ tab }) => tab)).map(([table, of = []]) => [table, of.map(({ col }) => col)] as const));
  } finally {
    database.close();
  }
}

function schemaOf(dataDir: string): readonly unknown[] {
  return [...columnsOf(dataDir)].map(([table, names]) => `${table} (${names.join(', ')})`).sort();
}

test('every row of the first schema is there after the upgrade, and the schema is that of a new directory', async (context) => {
  const dataDir = oldData(context);
  const oldColumns = columnsOf(dataDir);
  const before = rowsOf(dataDir, oldColumns);
  await (await openStore({ dataDir })).close();
  const columns = columnsOf(dataDir);
  const gone = [...oldColumns].flatMap(([table, names]) =>
    names.filter((name) => columns.get(table)?.includes(name) !== true).map((name) => `${table}.${name}`),
  );
  assert.deepEqual(gone, [], 'no table or column was dropped');
  // Counters of changes, and a time that stands with the image now; the other test reads it.
  const other: ReadonlySet<string> = new Set(['schema_version.version', 'image.findings_revision', 'finding.last_seen']);
  for (const [table, all] of oldColumns) {
    const names = all.filter((name) => !other.has(`${table}.${name}`));
    if (names.length === 0) continue;
    const left = before.get(table)?.map((row) => Object.fromEntries(names.map((name) => [name, (row as Row)[name]])));
    assert.deepEqual(rowsOf(dataDir, new Map([[table, names]])).get(table), left, table);
  }
  const fresh = testFolder(context);
  await (await openStore({ dataDir: fresh })).close();
  assert.deepEqual(schemaOf(dataDir), schemaOf(fresh));
});

test('old data is answered through both clouds, with the old key, and new scans go on with it', { timeout: 120_000 }, async (context) => {
  const dataDir = oldData(context);
  const serving = await startServing(dataDir, ['--no-scanning']);
  context.after(() => serving.stop());
  const { endpoint } = serving;
  const [sdk] = sdks;
  const [profile] = sdkProfiles;
  const [alibaba] = alibabaSdks;
  assert.ok(sdk && profile && alibaba);
  const call = sdk.connect({ endpoint, key, profile });
  const { List } = await call('DescribeAssetImageList', { Limit: 100, By: 'ImageName', Order: 'asc' });
  const images = List as readonly Row[];
  assert.deepEqual(
    images.map((image) => `${String(image['ImageName'])} ${String(image['VirusCnt'])} ${String(image['ScanStatus'])} ${String(image['IsLatestImage'])}`).sort(),
    ['/srv/images/site 1 SCANNED false', 'demo/shop:1.0 1 SCANNING true', 'demo/shop:1.0 2 SCANNED false', 'registry.example:5000/team/app:2 1 SCANNED true'],
  );
  const two = images.find((image) => image['VirusCnt'] === 2);
  const viruses = (await call('DescribeAssetImageVirusList', { ImageID: two?.['ImageID'], By: 'Path', Order: 'asc' }))['List'] as readonly Row[];
  assert.deepEqual(
    viruses.map((row) => [row['Path'], row['VirusName'], row['FirstScanTime'], row['LatestScanTime']]),
    [
      ['/srv/tools/miner', 'Test.Miner.Old', '2026-11-24 23:37:23', '2026-11-24 23:37:28'],
      ['/srv/trojan', 'Test.Trojan.Old', '2026-11-24 23:37:23', '2026-11-24 23:37:28'],
    ],
  );
  const status = await call('DescribeAssetImageScanStatus', { TaskID: '2' });
  assert.deepEqual([status['Status'], status['ImageTotal']], ['READY', 1], 'a task that waited waits');

  const ask = alibaba.connect({ endpoint, protocol: 'http', key });
  const page = { CurrentPage: 1, PageSize: '100' };
  const grouped = (await ask('DescribeGroupedMaliciousFiles', page))['GroupedMaliciousFileResponse'] as readonly Row[];
  assert.deepEqual(grouped.map((row) => `${String(row['MaliciousName'])} ${String(row['ImageCount'])}`).sort(), ['Test.Miner.Old 2', 'Test.Trojan.Old 3']);
  const places = (await ask('DescribeAffectedMaliciousFileImages', { ...page, RepoName: 'app' }))['AffectedMaliciousFileImagesResponse'] as readonly Row[];
  assert.deepEqual(
    places.map((row) => [row['Image'], row['RepoName'], row['Tag'], row['FilePath'], row['Status']]),
    [['registry.example:5000/team/app:2', 'app', '2', '/srv/tools/miner', 0]],
  );

  await assert.rejects(
    sdk.connect({ endpoint, key: { secretId: 'AKIDfirstlost', secretKey: 'secret-of-the-first-lost' }, profile })('DescribeAssetImageList', {}),
    {
      code: 'AuthFailure.SecretIdNotFound',
    },
  );
  const { stdout } = await lazaret(['keys', 'list', '--data', dataDir]);
  assert.match(stdout, /AKIDfirstworking[^\n]*working/);
  const archive = join(dataDir, 'new.tar');
  writeFileSync(archive, dockerArchive({ 'demo/shop:1.0': buildImage({ layers: [{ entries: [file('srv/readme', 'nothing bad')] }] }) }, { layout: 'blobs' }));
  const scan = await lazaret(['scan', archive, '--data', dataDir, '--no-builtin-rules']);
  assert.equal(scan.status, 0, scan.stderr);
  const shop = (await ask('DescribeAffectedMaliciousFileImages', { ...page, RepoName: 'shop' }))['AffectedMaliciousFileImagesResponse'] as readonly Row[];
  assert.deepEqual(
    shop.map((row) => `${String(row['FilePath'])} ${String(row['Status'])}`).sort(),
    ['/srv/tools/miner 1', '/srv/trojan 1', '/srv/trojan 1'],
    'fixed by the new image of their tag',
  );
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
  const sealed = database.prepare('SELECT secret_key FROM access_key').all() as { readonly secret_key: string }[];
  database.close();
  for (const { secret_key: secret } of sealed) assert.doesNotMatch(secret, /secret-of/, 'secrets are sealed by the first start');
});
