import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { findTool, requireTool } from './tools.ts';

const none = 'lazaret-no-such-program';

test('a missing tool skips by name, and fails under CI=true', () => {
  const reasons: string[] = [];
  const context = { skip: (reason: string) => reasons.push(reason) } as unknown as TestContext;
  assert.equal(requireTool(context, none, { PATH: process.env['PATH'] }), false);
  assert.deepEqual(reasons, [`${none} is not installed`]);
  assert.throws(() => requireTool(context, none, { PATH: process.env['PATH'], CI: 'true' }), /nothing may be skipped/);
  assert.equal(requireTool(context, 'sh', { PATH: process.env['PATH'], CI: 'true' }), true);
  assert.equal(reasons.length, 1);
});

test('tools are looked for in the path only', () => {
  assert.match(findTool('sh') ?? '', /\/sh$/);
  assert.equal(findTool('sh', { PATH: '/nowhere' }), undefined);
  assert.equal(findTool('sh', {}), undefined);
});
