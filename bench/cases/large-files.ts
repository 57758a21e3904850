import type { Lab } from '../lab.ts';
import { openLargeFiles } from '../large-files.ts';
import { memoryRow, type Outcome } from '../result.ts';
import { copyData, type ScanRun, scanTarget, warmData } from '../scan-image.ts';
import { scanMemory } from '../targets.ts';

/** The largest files that engines see, of every kind, among archives: what takes the most memory. */
export async function largeFilesScan(lab: Lab): Promise<Outcome> {
  lab.say('making the large files, or taking the kept ones');
  const folder = await openLargeFiles(lab.workspace);
  const warm = await warmData(lab);
  const scans: ScanRun[] = [];
  for (let run = 0; run < lab.runs; run++) {
    lab.say(`large files, run ${run + 1} of ${lab.runs}`);
    const data = await copyData(lab, warm);
    scans.push(await scanTarget(lab, `dir:${folder}`, data));
    await lab.workspace.remove(data);
  }
  return {
    rows: [
      memoryRow(
        'memory, large files and archives',
        scans.map(({ finished }) => finished.memory),
        { most: lab.isGenerated ? scanMemory : undefined },
      ),
    ],
    failures: scans.filter(({ report }) => report.stats.files === 0).map(() => 'no file was scanned'),
  };
}
