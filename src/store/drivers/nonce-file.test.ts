import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { testFolder } from '../../../test/support/folder.ts';
import { openNonceFile } from './nonce-file.ts';

const minute = 60_000;

test('a nonce is new once for its key until it is forgotten, over restarts too', async (context) => {
  const path = join(testFolder(context), 'nonces.db');
  let file = openNonceFile(path);
  const use = async (key: string, nonce: string, at: number): Promise<boolean> => file.use(key, nonce, { at, until: at + 15 * minute });
  assert.deepEqual([await use('a', 'n', 0), await use('a', 'n', 0), await use('b', 'n', 0), await use('a', 'm', 0)], [true, false, true, true]);
  file.close();
  file = openNonceFile(path);
  context.after(() => file.close());
  assert.equal(await use('a', 'n', 15 * minute - 1), false);
  assert.equal(await use('a', 'n', 15 * minute), true);
  assert.equal(await use('a', 'n', 15 * minute), false);
});

test('what is forgotten takes no room', async (context) => {
  const path = join(testFolder(context), 'nonces.db');
  const file = openNonceFile(path);
  for (let at = 0; at < 5000; at++) await file.use('a', `n${at}`, { at: at * 1000, until: at * 1000 + 15 * minute });
  file.close();
  const database = new DatabaseSync(path);
  const { rows } = database.prepare('SELECT count(*) AS rows FROM nonce').get() as { readonly rows: number };
  database.close();
  assert.ok(rows >= 900 && rows <= 920, String(rows));
});

const module = new URL('./nonce-file.ts', import.meta.url).href;
const script = `
const { openNonceFile } = await import(${JSON.stringify(module)});
const file = openNonceFile(process.argv[1]);
let fresh = 0;
for (let at = 0; at < 1000; at++) if (await file.use('key', 'n' + at, { at: 0, until: 1 })) fresh++;
file.close();
console.log(fresh);`;

test('several processes at once find each nonce new once between them', { timeout: 60_000 }, async (context) => {
  const path = join(testFolder(context), 'nonces.db');
  const counts = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      await once(child, 'close');
      return Number(text);
    }),
  );
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    1000,
    counts.join(),
  );
});

test('a file that is no database is told by its path', async (context) => {
  const path = join(testFolder(context), 'nonces.db');
  writeFileSync(path, 'this is no database at all, and long enough to be read as the head of one, which takes a hundred bytes of text');
  const file = openNonceFile(path);
  context.after(() => file.close());
  await assert.rejects(file.use('a', 'n', { at: 0, until: 1 }), { message: /nonces\.db/ });
});
