import { cp } from 'node:fs/promises';
import path from 'node:path';
import { readReport } from './hits.ts';
import type { Lab } from './lab.ts';
import { lazaret } from './lazaret.ts';
import type { Finished } from './run-program.ts';
import { settle } from './workspace.ts';

/** A scan as users run it, with what it cost and found. */
export interface ScanRun {
  readonly finished: Finished;
  readonly report: Awaited<ReturnType<typeof readReport>>;
}

/** Scans an OCI layout with the lab's rules. @throws Error when the scan fails. */
export function scanImage(lab: Lab, layout: string, dataDir: string): Promise<ScanRun> {
  return scanTarget(lab, `oci:${layout}`, dataDir);
}

/** Scans any target with the lab's rules. @throws Error when the scan fails. */
export async function scanTarget(lab: Lab, target: string, dataDir: string): Promise<ScanRun> {
  const { folder } = await lab.pack();
  const output = path.join(lab.workspace.temporary, 'report.json');
  const args = ['scan', target, '--rules', folder, '--no-builtin-rules', '--data', dataDir, '--format', 'json', '--output', output, '--no-progress'];
  await settle(lab.signal);
  const finished = await lazaret(args, { signal: lab.signal, allowed: [0, 1, 2] });
  if (finished.status === 2 && finished.stderr !== '') throw new Error(`lazaret scan failed: ${finished.stderr.trim().slice(-2000)}`);
  return { finished, report: await readReport(output) };
}

/** A data directory that has compiled rules and knows nothing else but a tiny image. */
export async function warmData(lab: Lab): Promise<string> {
  const dataDir = await lab.workspace.folder();
  const { tiny } = await lab.images();
  await lab.pack();
  lab.say('compiling the rules');
  await scanImage(lab, tiny, dataDir);
  return dataDir;
}

/** A copy of a data directory, so that each cold scan begins alike. */
export async function copyData(lab: Lab, dataDir: string): Promise<string> {
  const copy = await lab.workspace.folder();
  await cp(dataDir, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}
