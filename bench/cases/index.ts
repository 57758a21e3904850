import type { Lab } from '../lab.ts';
import type { Outcome } from '../result.ts';
import { coldScan } from './cold-scan.ts';
import { emptyFilesScan } from './empty-files.ts';
import { largeFilesScan } from './large-files.ts';
import { lists } from './lists.ts';
import { sharedLayersScan } from './shared-layers.ts';
import { virusList } from './virus-list.ts';

export interface Case {
  readonly name: string;
  readonly summary: string;
  /** Whether it says something else with other rules. */
  readonly dependsOnRules: boolean;
  run(lab: Lab): Promise<Outcome>;
}

/** Every case, in the order in which they run. */
export const cases: readonly Case[] = [
  { name: 'cold', summary: 'first and second scan of an image, against tar and yara, and clamscan', dependsOnRules: true, run: coldScan },
  { name: 'shared', summary: 'an image that shares nine of ten layers with a known one', dependsOnRules: true, run: sharedLayersScan },
  { name: 'empty', summary: 'two million empty files in one layer', dependsOnRules: false, run: emptyFilesScan },
  { name: 'large', summary: 'memory for the largest files that engines see, among archives', dependsOnRules: true, run: largeFilesScan },
  { name: 'virus-list', summary: 'DescribeAssetImageVirusList over 100,000 findings, against a bare node:http server', dependsOnRules: false, run: virusList },
  { name: 'lists', summary: 'every reading call over 1,000,000 findings, against 10,000', dependsOnRules: false, run: lists },
];
