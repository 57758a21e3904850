import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { findProgram } from './find-program.ts';
import { megabytes } from './result.ts';
import { runProgram } from './run-program.ts';

/** What the numbers were measured on, one fact a line. */
export async function describeMachine(signal: AbortSignal): Promise<readonly string[]> {
  const versions = await Promise.all(
    [
      ['yara', 'yara'],
      ['clamscan', ''],
      ['tar', ''],
    ].map(async ([program = '', prefix = '']) => {
      if (findProgram(program) === undefined) return `${program} not installed`;
      const { stdout } = await runProgram(program, ['--version'], { signal });
      return `${prefix} ${stdout.split('\n')[0] ?? ''}`.trim();
    }),
  );
  return [
    `${availableParallelism()} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, ${megabytes(totalmem())} memory`,
    `${type()} ${release()}, ${distribution()}`,
    `Node ${process.version}, ${versions.join(', ')}`,
  ];
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  } catch {
    return 'unknown distribution';
  }
}
