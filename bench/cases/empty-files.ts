import { emptyFiles, openEmptyFilesImage } from '../empty-files-image.ts';
import type { Lab } from '../lab.ts';
import { memoryRow, type Outcome, secondsRow } from '../result.ts';
import { copyData, type ScanRun, scanImage, warmData } from '../scan-image.ts';

const mostSeconds = 60;
const mostBytes = 512_000_000;

/** A layer of two million empty files, which costs nothing but entries. */
export async function emptyFilesScan(lab: Lab): Promise<Outcome> {
  lab.say('making the image of empty files, or taking the kept one');
  const image = await openEmptyFilesImage(lab.workspace);
  const warm = await warmData(lab);
  const scans: ScanRun[] = [];
  for (let run = 0; run < lab.runs; run++) {
    lab.say(`empty files, run ${run + 1} of ${lab.runs}`);
    const data = await copyData(lab, warm);
    scans.push(await scanImage(lab, image, data));
    await lab.workspace.remove(data);
  }
  return {
    rows: [
      secondsRow(
        '2 million empty files in a layer',
        scans.map(({ finished }) => finished.seconds),
        mostSeconds,
      ),
      memoryRow(
        'memory, 2 million empty files',
        scans.map(({ finished }) => finished.memory),
        { most: mostBytes },
      ),
    ],
    failures: scans
      .filter(({ report }) => report.stats.files !== emptyFiles)
      .map(({ report }) => `${report.stats.files} of ${emptyFiles} empty files were counted`),
  };
}
