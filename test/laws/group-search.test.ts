import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { assemble, assembledPath } from './group-search.ts';

test('the WebAssembly is what its text assembles to; npm run assemble renews it', async () => {
  assert.deepEqual(await readFile(assembledPath), Buffer.from(await assemble()));
});
