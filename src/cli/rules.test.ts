import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { dispatch } from './dispatch.ts';
import { commands } from './main.ts';
import { testIo } from './test-io.ts';

const good = `rule Any { strings: $a = "one" condition: $a }
rule Elf {
  strings: $a = "two"
  condition: uint32(0) == 0x464c457f and $a
}
`;
const bad = `rule Fine { strings: $a = "one" condition: $a }

rule Broken { condition: $nothing }
`;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-rules-'));
  t.after(() => rmSync(path, { recursive: true }));
  mkdirSync(join(path, 'good'));
  writeFileSync(join(path, 'good', 'a.yar'), good);
  mkdirSync(join(path, 'mixed'));
  writeFileSync(join(path, 'mixed', 'b.yar'), bad);
  mkdirSync(join(path, 'empty'));
  return path;
}

async function call(cwd: string, ...args: string[]) {
  const { io, output } = testIo({ cwd });
  return { status: await dispatch(commands, ['rules', 'check', ...args], io), ...output() };
}

test('a good pack is counted by file type', async (t) => {
  const { status, stdout, stderr } = await call(folder(t), 'good');
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^PACK +RULES +ELF +PE +TEXT +OTHER +NEVER +BY PATH +BAD\ngood +2 +2 +1 +1 +1 +0 +0 +0\n\n2 rules work, none is bad\.\n$/);
});

test('every rule is told with its file types and place when asked', async (t) => {
  const { stdout } = await call(folder(t), 'good', '--verbose');
  assert.match(stdout, /\nAny +elf pe text other +good\/a\.yar:1\nElf +elf +good\/a\.yar:2\n/);
});

test('a bad rule is named with file and line, the others work', async (t) => {
  const cwd = folder(t);
  const { status, stdout } = await call(cwd, 'mixed', 'good');
  assert.equal(status, 1);
  assert.match(stdout, /^mixed\/b\.yar:3: Broken: .+\n\nPACK/);
  assert.match(stdout, /\nmixed +1 .* 1\ngood +2 .* 0\n\n3 rules work, 1 problem\.\n$/);
});

test('the answer for programs names packs, rules and problems', async (t) => {
  const { status, stdout } = await call(folder(t), 'mixed', '--format', 'json');
  assert.equal(status, 1);
  const [pack] = (
    JSON.parse(stdout) as {
      readonly packs: readonly { path: string; rules: unknown; problems: readonly { file: string; line: number; rule: string; message: string }[] }[];
    }
  ).packs;
  assert.equal(pack?.path, 'mixed');
  assert.deepEqual(pack.rules, [{ file: 'mixed/b.yar', line: 1, rule: 'Fine', fileTypes: ['elf', 'pe', 'text', 'other'], readsPath: false }]);
  const [problem] = pack.problems;
  assert.deepEqual({ ...problem, message: '' }, { file: 'mixed/b.yar', line: 3, rule: 'Broken', message: '' });
  assert.notEqual(problem?.message, '');
});

test('a single file and a link to one are called as they were given', async (t) => {
  const cwd = folder(t);
  symlinkSync(join(cwd, 'mixed', 'b.yar'), join(cwd, 'linked.yar'));
  assert.match((await call(cwd, 'mixed/b.yar')).stdout, /^mixed\/b\.yar:3: Broken/);
  assert.match((await call(cwd, 'linked.yar')).stdout, /^linked\.yar:3: Broken/);
});

test('no such path, and a path without rules, are errors', async (t) => {
  const cwd = folder(t);
  const missing = await call(cwd, 'nowhere');
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /^lazaret: .*nowhere/);
  const empty = await call(cwd, 'empty');
  assert.equal(empty.status, 2);
  assert.match(empty.stderr, /^lazaret: no rules in empty\n$/);
});
