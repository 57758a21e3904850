import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readInput } from '#clouds/tencent/input.ts';
import { tcss } from '#clouds/tencent/tcss/index.ts';
import { sdks } from '../../support/tencent-sdks.ts';
import { type Declarations, readClasses, readInterfaces } from '../declarations.ts';
import type { Client, Surface } from '../surface.ts';
import { exportGroup } from './exports.ts';
import { localImageGroup } from './local-images.ts';
import { reasons } from './reasons.ts';
import { registryGroup } from './registries.ts';
import { registryImageGroup } from './registry-images.ts';
import { registryScanGroup } from './registry-scans.ts';
import { scanTaskGroup } from './scan-tasks.ts';

const { resolve } = createRequire(import.meta.url);

// The international SDK has no types; its models tell them in comments.
const declarations: Readonly<Record<string, Declarations>> = {
  'tencentcloud-sdk-nodejs': readInterfaces(read('tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.d.ts')),
  'tencentcloud-sdk-nodejs-intl-en': readClasses(read('tencentcloud-sdk-nodejs-intl-en/tencentcloud/tcss/v20201101/models.js')),
};

function read(path: string): string {
  return readFileSync(resolve(path), 'utf8');
}

const clients: readonly Client[] = sdks.map((sdk) => ({
  name: sdk.name,
  declarations: declarations[sdk.name] ?? new Map(),
  connect: (endpoint, key) => sdk.connect({ endpoint, key, profile: { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' } }),
}));

/** TCSS. Each group of operations has a file of its own. */
export const containerSecurity: Surface = {
  title: 'Tencent Cloud TCSS 2020-11-01',
  operations: tcss.operations,
  clients,
  readInput,
  floats: new Set(['ExportProgress']),
  folder: 'src/clouds/tencent/tcss/operations',
  reasons,
  groups: [localImageGroup, scanTaskGroup, registryGroup, registryImageGroup, registryScanGroup, exportGroup],
};
