import path from 'node:path';
import { type Hits, hitsOfYara } from './hits.ts';
import type { Lab } from './lab.ts';
import { type Finished, runProgram } from './run-program.ts';
import { settle } from './workspace.ts';

/** Threads that YARA's command gets. */
export const yaraThreads = 2;

/** Unpacks a layer into a new folder, as one does to scan an image with a tool that reads files. */
export async function unpackLayer(lab: Lab, layer: string): Promise<{ readonly root: string; readonly finished: Finished }> {
  const root = await lab.workspace.folder();
  await settle(lab.signal);
  return { root, finished: await runProgram('tar', ['-x', '-z', '-f', layer, '-C', root], { signal: lab.signal }) };
}

/** Scans a tree with YARA's command and compiled rules. It does not follow links, which lead out of the tree and to files that it meets anyway. */
export async function runYara(lab: Lab, compiled: string, root: string): Promise<{ readonly hits: Hits; readonly finished: Finished }> {
  const finished = await runProgram('yara', ['-C', '-w', '-N', '-p', String(yaraThreads), '-r', compiled, root], { signal: lab.signal });
  return { hits: hitsOfYara(finished.stdout, root), finished };
}

/** Scans a tree with clamscan and only our signatures; what would open archives and documents, which the others do not, is off. */
export async function runClamscan(lab: Lab, signatures: string, root: string): Promise<Finished> {
  const off = ['archive', 'mail', 'ole2', 'pdf', 'html', 'swf', 'xmldocs', 'hwp3'].map((what) => `--scan-${what}=no`);
  const args = ['-d', path.resolve(signatures), ...off, '-r', '--infected', '--no-summary', '--max-filesize=400M', '--max-scansize=400M', root];
  return await runProgram('clamscan', args, { signal: lab.signal, allowed: [0, 1] });
}
