import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const tools = ['bzip2', 'docker-registry', 'skopeo', 'umoci', 'unzip', 'xz', 'yara', 'zip', 'zstd'];
const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
const program = `
import { installTools } from ${JSON.stringify(import.meta.resolve('./install-tools.ts'))};
installTools((line) => console.log(line));
`;

/** Installs on a machine whose only programs are the given ones and an apt-get that writes down what it is asked. */
function install(present: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-path-'));
  const add = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  try {
    for (const name of present) add(name, 'exit 0');
    add('apt-get', `echo "$DEBIAN_FRONTEND $*" >> "${join(folder, 'asked')}"`);
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PATH: folder },
      encoding: 'utf8',
      timeout: 30_000,
    });
    const asked = existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [];
    return { stdout, status, asked };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('nothing is asked or said when no program is missing', () => {
  assert.deepEqual(install(tools), { stdout: '', status: 0, asked: [] });
});

test('missing programs are installed by root on Debian, and named everywhere', () => {
  const { stdout, status, asked } = install(['bzip2', 'skopeo', 'unzip', 'xz', 'yara', 'zip', 'zstd']);
  assert.equal(status, 0);
  assert.match(stdout, /docker-registry umoci\n/);
  assert.match(stdout, /^umoci .*tests where another program flattens the same layers/m);
  assert.doesNotMatch(stdout, /skopeo/);
  assert.equal(asked.length, canInstall ? 2 : 0);
  if (!canInstall) return;
  assert.match(asked[0] ?? '', /^noninteractive .* update$/);
  assert.match(asked[1] ?? '', /^noninteractive .* install --yes --no-install-recommends docker-registry umoci$/);
});
