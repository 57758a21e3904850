import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { type ErrorCode, LazaretError } from '#domain/error.ts';
import { mountDisk, noDisk, unmountDisk } from '../../test/support/small-disk.ts';
import { storeContract } from './contract.ts';
import { openStore } from './index.ts';
import type { LayerEntry, Store } from './store.ts';

let root: string;
let count = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'lazaret-store-'));
});
after(() => rm(root, { recursive: true, force: true }));
const freshDir = (): string => join(root, `data${++count}`);

describe('the SQLite store', () => storeContract(() => openStore({ dataDir: freshDir() })));

describe('opening a store', () => {
  it('makes a directory and a file that only their owner can read', async () => {
    const dataDir = join(freshDir(), 'deep', 'er');
    const store = await openStore({ dataDir });
    await store.keys.create(key('a'));
    assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
    for (const name of ['lazaret.db', 'lazaret.db-wal']) assert.equal((await stat(join(dataDir, name))).mode & 0o777, 0o600, name);
    await store.close();
    const again = await openStore({ dataDir });
    assert.deepEqual(await again.keys.find('a'), key('a'));
    await again.close();
  });

  it('closes a file to others that was open to them', async () => {
    const dataDir = freshDir();
    await (await openStore({ dataDir })).close();
    await chmod(join(dataDir, 'lazaret.db'), 0o644);
    await (await openStore({ dataDir })).close();
    assert.equal((await stat(join(dataDir, 'lazaret.db'))).mode & 0o777, 0o600);
  });

  it('by several at once makes the schema once', async () => {
    const dataDir = freshDir();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ dataDir })));
    await Promise.all(stores.map((store, index) => store.keys.create(key(`k${index}`))));
    assert.equal((await stores[0]?.keys.list('one'))?.length, 4);
    for (const store of stores) await store.close();
  });

  it('tells of a newer schema', async () => {
    const dataDir = freshDir();
    await (await openStore({ dataDir })).close();
    const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
    database.exec('UPDATE schema_version SET version = 99');
    database.close();
    await fails(dataDir, 'conflict', /newer version of Lazaret .*schema is 99.*upgrade/);
  });

  it('tells of a file that is no database, and leaves it alone', async () => {
    const dataDir = freshDir();
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'lazaret.db'), 'this is a text, and a long one at that. '.repeat(50));
    await fails(dataDir, 'unavailable', /damaged or not a database/);
    assert.match(await readFile(join(dataDir, 'lazaret.db'), 'utf8'), /^this is a text/);
  });

  it('tells of damage that shows later', async () => {
    const dataDir = freshDir();
    const store = await openStore({ dataDir });
    for (let index = 0; index < 20; index++) await store.keys.create({ ...key(`k${index}`), name: 'n'.repeat(3000) });
    await store.close();
    const file = await open(join(dataDir, 'lazaret.db'), 'r+');
    const { size } = await file.stat();
    // All but the first page, which holds the schema.
    await file.write(Buffer.alloc(size - 4096, 0x5a), 0, size - 4096, 4096);
    await file.close();
    await assert.rejects(
      async () => {
        const damaged = await openStore({ dataDir });
        try {
          await damaged.keys.list('one');
        } finally {
          await damaged.close();
        }
      },
      (error) => matches(error, dataDir, 'unavailable', /damaged/),
    );
  });

  it('tells when the directory cannot be made or the file cannot be written', async () => {
    await writeFile(join(root, 'file'), '');
    await fails(join(root, 'file'), 'unavailable', /choose another data directory/);
    await fails(join(root, 'file', 'below'), 'unavailable', /choose another data directory/);
    const dataDir = freshDir();
    await mkdir(join(dataDir, 'lazaret.db'), { recursive: true });
    await fails(dataDir, 'unavailable', /choose another data directory/);
  });
});

describe('a disk of its own', { skip: noDisk() }, () => {
  let disk: string;
  before(() => {
    disk = join(root, 'disk');
    execFileSync('mkdir', [disk]);
    mountDisk(disk, '3m');
  });
  after(() => unmountDisk(disk));

  it('that is full gives an error, loses nothing that was kept, and works on with space', async () => {
    const store = await openStore({ dataDir: disk });
    await store.keys.create(key('first'));
    await writeFile(join(disk, 'ballast'), Buffer.alloc(1024 * 1024));
    let kept = 0;
    await assert.rejects(
      async () => {
        for (; kept < 100; kept++) await store.keys.create({ ...key(`k${kept}`), name: 'n'.repeat(100_000) });
      },
      (error) => matches(error, disk, 'unavailable', /no space left/),
    );
    assert.ok(kept > 0);
    assert.equal((await store.keys.list('one')).length, kept + 1);
    await rm(join(disk, 'ballast'));
    await store.keys.create(key('last'));
    assert.equal((await store.keys.list('one')).length, kept + 2);
    await store.close();
  });

  it('that is read-only gives an error', async () => {
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    try {
      await fails(disk, 'unavailable', /cannot be written|cannot be opened/);
      await fails(join(disk, 'new'), 'unavailable', /choose another data directory/);
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk]);
    }
  });
});

describe('several processes', () => {
  it('write and read one store at once, and each sees the changes of the other', async () => {
    const dataDir = freshDir();
    const store = await openStore({ dataDir });
    const first = await store.version();
    const children = [1, 2].map((number) => writer(dataDir, `p${number}-`, 150));
    const ends = children.map((child) => once(child, 'exit'));
    let seen = 0;
    const running = new Set(children);
    for (const child of children) child.once('exit', () => running.delete(child));
    for (let mine = 0; running.size > 0; mine++) {
      if (mine < 150) await store.keys.create(key(`m${mine}`));
      const { length } = await store.keys.list('one');
      assert.ok(length >= seen);
      seen = length;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.deepEqual(
      (await Promise.all(ends)).map(([code]) => code as number | null),
      [0, 0],
    );
    const ids = (await store.keys.list('one')).map((one) => one.secretId);
    assert.equal(ids.filter((id) => id.startsWith('p')).length, 300);
    assert.notEqual(await store.version(), first);
    await store.close();
  });

  it('that are killed while writing lose nothing that was acknowledged', async () => {
    const dataDir = freshDir();
    await (await openStore({ dataDir })).close();
    for (let round = 0; round < 4; round++) {
      const child = writer(dataDir, `r${round}-`, 1_000_000);
      let told = '';
      child.stdout?.on('data', (data: Buffer) => {
        told += data.toString();
      });
      while (told.split('\n').length < 20 + round * 25) await new Promise((resolve) => setTimeout(resolve, 1));
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      const acknowledged = told.split('\n').slice(0, -1);
      const store = await openStore({ dataDir });
      const kept = new Set((await store.keys.list('one')).map((one) => one.secretId));
      assert.deepEqual(
        acknowledged.filter((id) => !kept.has(id)),
        [],
      );
      await store.close();
    }
    const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
    assert.deepEqual(
      database
        .prepare('PRAGMA integrity_check')
        .all()
        .map((row) => row['integrity_check']),
      ['ok'],
    );
    database.close();
  });

  it('take over what a dead one had begun', async () => {
    const dataDir = freshDir();
    let now = 1000;
    const store = await openStore({ dataDir, clock: () => now });
    const lost = await store.layers.begin('d');
    await store.layers.add(lost, [entry('x')]);
    now += 60_000;
    await store.layers.begin('e');
    assert.equal(countEntries(dataDir), 1);
    now += 3_600_000;
    await store.layers.begin('f');
    assert.equal(countEntries(dataDir), 0);
    await assert.rejects(store.layers.add(lost, [entry('y')]), LazaretError);
    await store.close();
  });

  it('that read the same layer leave one inventory of it', async () => {
    const dataDir = freshDir();
    const stores = [await openStore({ dataDir }), await openStore({ dataDir })];
    for (const store of stores) {
      const id = await store.layers.begin('d');
      await store.layers.add(id, [entry('x'), entry('y')]);
      await store.layers.finish(id, { files: 2, contents: 0, bytes: 0, osName: '', skipped: [], engines: new Set() });
    }
    assert.equal(countEntries(dataDir), 2);
    for (const store of stores) await store.close();
  });
});

function countEntries(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'));
  const row = database.prepare('SELECT count(*) AS n FROM file_entry').get();
  database.close();
  return Number(row?.['n']);
}

function entry(path: string): LayerEntry {
  return { path, ordinal: 0, kind: 'file', size: 0, mode: 0, mtime: 0, uid: 0, gid: 0, link: '', sha256: undefined };
}

// A process that adds keys one by one and prints each id once it is kept.
function writer(dataDir: string, prefix: string, times: number): ChildProcess {
  const code = `
    const { openStore } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))});
    const store = await openStore({ dataDir: ${JSON.stringify(dataDir)} });
    for (let i = 0; i < ${times}; i++) {
      await store.keys.create({ ...${JSON.stringify(key('x'))}, secretId: ${JSON.stringify(prefix)} + i });
      console.log(${JSON.stringify(prefix)} + i);
    }
    await store.close();`;
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function key(secretId: string): Parameters<Store['keys']['create']>[0] {
  return { accountId: 'one', secretId, secretKey: 's', name: '', policies: [], createdAt: 1, disabledAt: undefined };
}

async function fails(dataDir: string, code: ErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(openStore({ dataDir }), (error) => matches(error, dataDir, code, message));
}

function matches(error: unknown, dataDir: string, code: ErrorCode, message: RegExp): boolean {
  assert.ok(error instanceof LazaretError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  assert.ok(error.message.includes(dataDir), error.message);
  return true;
}
