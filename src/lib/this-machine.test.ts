import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFolder } from '../../test/support/folder.ts';
import { thisMachine } from './this-machine.ts';

test("a machine's id follows from the system's own without telling it, and stays when the name changes", (context) => {
  const file = join(testFolder(context), 'machine-id');
  const own = '0123456789abcdef0123456789abcdef';
  writeFileSync(file, `${own}\n`);
  const { id, name } = thisMachine(file, 'one');
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.notEqual(id, own);
  assert.deepEqual([name, thisMachine(file, 'two').id], ['one', id]);
  assert.equal(thisMachine().name, hostname());
});

test('without an id of the system the name makes one', (context) => {
  const file = join(testFolder(context), 'machine-id');
  assert.equal(thisMachine(file, 'one').id, thisMachine(file, 'one').id);
  assert.notEqual(thisMachine(file, 'one').id, thisMachine(file, 'two').id);
  writeFileSync(file, 'uninitialized\n');
  assert.equal(thisMachine(file, 'one').id, thisMachine(`${file}.gone`, 'one').id);
});
