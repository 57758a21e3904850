import type { Lab } from '../lab.ts';
import { memoryRow, type Outcome, timeRow } from '../result.ts';
import { copyData, type ScanRun, scanImage, warmData } from '../scan-image.ts';
import { scanMemory } from '../targets.ts';

const sharedLayers = 9;

/** An image that shares nine of its ten layers with one that was scanned, against the scan of that one. */
export async function sharedLayersScan(lab: Lab): Promise<Outcome> {
  const { parted, changed } = await lab.images();
  const warm = await warmData(lab);
  const first: ScanRun[] = [];
  const second: ScanRun[] = [];
  for (let run = 0; run < lab.runs; run++) {
    lab.say(`shared layers, run ${run + 1} of ${lab.runs}`);
    const data = await copyData(lab, warm);
    first.push(await scanImage(lab, parted, data));
    second.push(await scanImage(lab, changed, data));
    await lab.workspace.remove(data);
  }
  const secondsOf = (runs: readonly ScanRun[]) => runs.map(({ finished }) => finished.seconds);
  return {
    rows: [
      timeRow('image that shares 9 of 10 layers', secondsOf(second), { name: 'cold scan of the first', seconds: secondsOf(first) }, 0.2),
      memoryRow(
        'memory, image of 10 layers',
        [...first, ...second].map(({ finished }) => finished.memory),
        { most: lab.isGenerated ? scanMemory : undefined },
      ),
    ],
    failures: second
      .filter(({ report }) => report.stats.cachedLayers !== sharedLayers)
      .map(({ report }) => `${report.stats.cachedLayers} of ${sharedLayers} layers were taken as known`),
  };
}
