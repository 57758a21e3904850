import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const passing = "import { test } from 'node:test';\ntest('passes', () => {});\n";
const failing = "import { test } from 'node:test';\ntest('breaks', () => { throw new Error('as meant'); });\n";
const skipping = "import { test } from 'node:test';\ntest('waits', (context) => context.skip('a tool is missing'));\n";
const crashing = "import { test } from 'node:test';\ntest('crashes', () => process.kill(process.pid, 'SIGKILL'));\n";

/** Runs the runner in a checkout that has only the given test files, with no programs to install. */
function run(files: Readonly<Record<string, string>>, args: readonly string[] = [], CI = 'false') {
  const checkout = mkdtempSync(join(tmpdir(), 'lazaret-runner-'));
  try {
    for (const name of ['run-tests.ts', 'tap-summary.ts', 'tools.ts']) cpSync(join(import.meta.dirname, name), join(checkout, 'test/support', name));
    writeFileSync(join(checkout, 'test/support/install-tools.ts'), 'export function installTools() {}\n');
    writeFileSync(join(checkout, 'package.json'), '{ "type": "module" }');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(checkout, path)), { recursive: true });
      writeFileSync(join(checkout, path), text);
    }
    const env = { ...process.env, CI };
    const { status, stdout } = spawnSync(process.execPath, [join(checkout, 'test/support/run-tests.ts'), ...args], { env, encoding: 'utf8', timeout: 60_000 });
    return { status, stdout };
  } finally {
    rmSync(checkout, { recursive: true });
  }
}

test('both groups run and their counts are added in the last lines', () => {
  const { status, stdout } = run({ 'src/a.test.ts': passing, 'test/e2e/b.test.ts': passing, 'test/laws/c.test.ts': passing });
  assert.match(stdout, /ℹ tests 3\nℹ suites 0\nℹ pass 3\nℹ fail 0\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\nℹ duration_ms [\d.]+\n$/);
  assert.equal(status, 0);
});

for (const path of ['src/a.test.ts', 'test/e2e/a.test.ts']) {
  test(`a failure in ${path} fails the run and is named at its end`, () => {
    const { status, stdout } = run({ 'src/b.test.ts': passing, 'test/laws/b.test.ts': passing, [path]: failing });
    assert.equal(status, 1);
    assert.match(stdout, /Failed:\n {2}breaks\n/);
    assert.match(stdout, /ℹ fail 1\n[^✔✖]*$/);
  });

  test(`a crash in ${path} fails the run`, () => {
    assert.equal(run({ 'src/b.test.ts': passing, 'test/laws/b.test.ts': passing, [path]: crashing }).status, 1);
  });
}

test('a skipped test is a failure under CI=true alone', () => {
  assert.equal(run({ 'src/a.test.ts': skipping }).status, 0);
  const { status, stdout } = run({ 'src/a.test.ts': skipping }, [], 'true');
  assert.equal(status, 1);
  assert.match(stdout, /under CI=true is a failure:\n {2}waits # SKIP a tool is missing\n/);
});

test('arguments choose files by any part of their path, options go to node', () => {
  const files = { 'src/a.test.ts': passing, 'src/b/c.test.ts': failing, 'test/e2e/d.test.ts': failing };
  assert.equal(run(files, ['src/a']).status, 0);
  assert.equal(run(files, ['b/c']).status, 1);
  assert.equal(run(files, ['--test-name-pattern=passes']).status, 0);
});

test('a run without any test fails', () => {
  assert.equal(run({}).status, 1);
  assert.equal(run({ 'src/a.test.ts': passing }, ['nothing-like-it']).status, 1);
});

test('files that are no tests are not run', () => {
  assert.equal(run({ 'src/a.test.ts': passing, 'src/test.ts': failing, 'test/support/x.ts': failing }).status, 0);
});
