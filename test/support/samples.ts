import { dropperSamples } from './samples/droppers.ts';
import { hacktoolSamples } from './samples/hacktools.ts';
import { minerSamples } from './samples/miners.ts';
import { packedSamples } from './samples/packed.ts';
import type { RuleSample } from './samples/piece.ts';
import { reverseShellSamples } from './samples/reverse-shells.ts';
import { rootkitSamples } from './samples/rootkits.ts';
import { webShellSamples } from './samples/web-shells.ts';

export type { RuleSample } from './samples/piece.ts';

/** The anti-malware test file of EICAR, 68 bytes, put together here so that no file of ours holds it. */
export function eicar(): Buffer {
  return Buffer.from(['X5O!P%@AP[4\\PZX54(P^)', '7CC)7}$EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join(''));
}

/** A harmless sample and a near miss for every built-in rule, in the order of the files in `rules`. */
export const ruleSamples: readonly RuleSample[] = [
  {
    rule: 'Eicar_Test_File',
    path: 'srv/eicar.com',
    positive: eicar,
    nearMiss: () => Buffer.from(`The test file holds these characters and nothing else: ${eicar().toString()}\n`),
  },
  ...webShellSamples,
  ...reverseShellSamples,
  ...minerSamples,
  ...hacktoolSamples,
  ...rootkitSamples,
  ...dropperSamples,
  ...packedSamples,
];
