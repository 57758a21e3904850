import { findProgram } from '../find-program.ts';
import { differences, hitsOfReport, kindsOfHits, rulesOfReport, without } from '../hits.ts';
import { readLayers } from '../image.ts';
import type { Lab } from '../lab.ts';
import { runClamscan, runYara, unpackLayer, yaraThreads } from '../peers.ts';
import { megabytes, memoryRow, type Outcome, type Row, secondsRow, timeRow } from '../result.ts';
import { copyData, type ScanRun, scanImage, warmData } from '../scan-image.ts';
import { scanMemory } from '../targets.ts';

/** The first scan of an image against the usual ways to scan it, and the second scan of the same image. */
export async function coldScan(lab: Lab): Promise<Outcome> {
  const { whole } = await lab.images();
  const [layer] = await readLayers(whole);
  if (layer === undefined) throw new Error('the image has no layer');
  const warm = await warmData(lab);
  const ours: ScanRun[] = [];
  const again: ScanRun[] = [];
  const peers: PeerRun[] = [];
  const runOurs = async () => {
    const data = await copyData(lab, warm);
    ours.push(await scanImage(lab, whole, data));
    again.push(await scanImage(lab, whole, data));
    await lab.workspace.remove(data);
  };
  for (let run = 0; run < lab.runs; run++) {
    lab.say(`cold scan, run ${run + 1} of ${lab.runs}`);
    if (run % 2 === 0) await runOurs();
    peers.push(await runPeers(lab, layer.file));
    if (run % 2 === 1) await runOurs();
  }
  const { incomparable } = await lab.pack();
  return { rows: rowsOf(lab, ours, again, peers), failures: [...failuresOf({ ours, again, peers }, incomparable), ...(await missedPlants(lab, ours))] };
}

interface PeerRun {
  readonly unpack: number;
  readonly yara: Awaited<ReturnType<typeof runYara>> | undefined;
  readonly clamscan: Awaited<ReturnType<typeof runClamscan>> | undefined;
}

async function runPeers(lab: Lab, layer: string): Promise<PeerRun> {
  const { compiled, signatures } = await lab.pack();
  const { root, finished } = await unpackLayer(lab, layer);
  const yara = compiled === undefined || findProgram('yara') === undefined ? undefined : await runYara(lab, compiled, root);
  const clamscan = signatures === undefined || findProgram('clamscan') === undefined ? undefined : await runClamscan(lab, signatures, root);
  await lab.workspace.remove(root);
  return { unpack: finished.seconds, yara, clamscan };
}

// Equal lists mean something only when the lists hold what was planted.
async function missedPlants(lab: Lab, ours: readonly ScanRun[]): Promise<readonly string[]> {
  const { planted } = await lab.pack();
  const found = new Set(ours.flatMap(({ report }) => rulesOfReport(report)));
  return planted.filter((rule) => !found.has(rule)).map((rule) => `the planted sample of ${rule} was not found`);
}

function rowsOf(lab: Lab, ours: readonly ScanRun[], again: readonly ScanRun[], peers: readonly PeerRun[]): readonly Row[] {
  const times = ours.map(({ finished }) => finished.seconds);
  const yara = peers.flatMap((peer) =>
    peer.yara === undefined ? [] : [{ seconds: peer.yara.finished.seconds, unpack: peer.unpack, memory: peer.yara.finished.memory.sum }],
  );
  const clamscan = peers.flatMap((peer) => (peer.clamscan === undefined ? [] : [peer.clamscan.seconds]));
  const yaraName = `yara -p ${yaraThreads}`;
  const [first] = ours;
  const hits = first === undefined ? 0 : hitsOfReport(first.report).length;
  lab.say(`${hits} hits: ${first === undefined ? '' : kindsOfHits(first.report)}`);
  const yaraRows = [
    timeRow(
      'cold scan',
      times,
      { name: `tar x + ${yaraName}`, seconds: yara.map(({ seconds, unpack }) => seconds + unpack) },
      lab.isGenerated ? 0.5 : undefined,
    ),
    timeRow('cold scan', times, { name: yaraName, seconds: yara.map(({ seconds }) => seconds) }, lab.isGenerated ? undefined : 0.5),
  ];
  return [
    ...(yara.length > 0 ? yaraRows : []),
    ...(clamscan.length > 0 ? [timeRow('cold scan', times, { name: 'clamscan', seconds: clamscan })] : []),
    ...(yara.length + clamscan.length === 0 ? [secondsOnly('cold scan', times)] : []),
    secondsRow(
      'same image again',
      again.map(({ finished }) => finished.seconds),
      0.5,
    ),
    memoryRow(
      'memory, cold scan',
      ours.map(({ finished }) => finished.memory),
      {
        ...(yara.length > 0 ? { peer: `${yaraName} ${megabytes(Math.max(...yara.map(({ memory }) => memory)))}` } : {}),
        most: lab.isGenerated ? scanMemory : undefined,
      },
    ),
    memoryRow(
      'memory, same image again',
      again.map(({ finished }) => finished.memory),
      { most: lab.isGenerated ? scanMemory : undefined },
    ),
  ];
}

function secondsOnly(name: string, times: readonly number[]): Row {
  return { ...secondsRow(name, times, Number.POSITIVE_INFINITY), target: '', verdict: '' };
}

function failuresOf(
  { ours, again, peers }: { readonly ours: readonly ScanRun[]; readonly again: readonly ScanRun[]; readonly peers: readonly PeerRun[] },
  incomparable: ReadonlySet<string>,
): readonly string[] {
  const [first] = ours;
  if (first === undefined) return ['nothing was scanned'];
  const expected = hitsOfReport(first.report);
  const found: string[] = expected.length === 0 ? ['the rules match nothing in the tree, so that equal hits mean nothing'] : [];
  for (const { report } of [...ours, ...again]) found.push(...differences(hitsOfReport(report), expected).map((line) => `two scans differ: ${line}`));
  for (const { yara } of peers) if (yara !== undefined) found.push(...differences(without(incomparable, expected), without(incomparable, yara.hits)));
  for (const { report } of again) if (report.stats.inspectedContents > 0) found.push(`the second scan inspected ${report.stats.inspectedContents} contents`);
  return [...new Set(found)];
}
