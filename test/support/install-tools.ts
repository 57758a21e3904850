import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findTool } from './tools.ts';

interface TestTool {
  readonly command: string;
  /** The package of Debian and Ubuntu that has it. */
  readonly package: string;
  /** What the tests that need it check. */
  readonly why: string;
}

/** Programs that tests compare us with. Tests name theirs through `requireTool`. */
const testTools: readonly TestTool[] = [
  { command: 'bzip2', package: 'bzip2', why: 'another program packs the bzip2 files we open' },
  { command: 'docker-registry', package: 'docker-registry', why: 'images are pulled from a real registry' },
  { command: 'skopeo', package: 'skopeo', why: 'another program writes and copies the images we read' },
  { command: 'umoci', package: 'umoci', why: 'another program flattens the same layers' },
  { command: 'unzip', package: 'unzip', why: 'another program opens the zip files we write' },
  { command: 'xz', package: 'xz-utils', why: 'another program packs the xz files we open' },
  { command: 'yara', package: 'yara', why: 'another YARA judges by the same rules' },
  { command: 'zip', package: 'zip', why: 'another program packs the zip files we open' },
  { command: 'zstd', package: 'zstd', why: 'another program packs the zstd files we open' },
];

const updateMinutes = 5;
const installMinutes = 10;

/** Installs the missing programs where that can be done without asking: as root on Debian and Ubuntu. Elsewhere says what is left out. */
export function installTools(say: (line: string) => void): void {
  const missing = missingTools();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || findTool('apt-get') === undefined) {
    for (const { command, why } of missing) say(`${command} is not installed; tests where ${why} are skipped`);
    say(`On Debian and Ubuntu: apt-get install ${missing.map((tool) => tool.package).join(' ')}`);
    return;
  }
  const packages = missing.map((tool) => tool.package);
  say(`Installing for the tests: ${packages.join(' ')}`);
  aptGet(['update'], updateMinutes);
  aptGet(['install', '--yes', '--no-install-recommends', ...packages], installMinutes);
  for (const { command, why } of missingTools()) say(`${command} could not be installed; tests where ${why} cannot run`);
}

function missingTools(): readonly TestTool[] {
  return testTools.filter(({ command }) => findTool(command) === undefined);
}

// A failure shows in what is still missing afterwards.
function aptGet(args: readonly string[], minutes: number): void {
  const options = ['--quiet=2', '-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=30', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0'];
  spawnSync('apt-get', [...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: minutes * 60_000,
  });
}
