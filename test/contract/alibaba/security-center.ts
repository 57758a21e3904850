import { sas } from '#clouds/alibaba/sas/index.ts';
import { readTable } from '../declarations.ts';
import type { Surface } from '../surface.ts';
import { alibabaClients, readFlat } from './clients.ts';
import { fileDetectionGroup } from './file-detection.ts';
import { fileRuleGroup } from './file-rules.ts';
import { imageRuleGroup } from './image-rules.ts';
import { counterGroup, inventoryGroup } from './inventory.ts';
import { reasons } from './reasons.ts';
import { sampleGroup } from './samples.ts';
import { scanTaskGroup } from './scan-tasks.ts';
import { securityCenterTable } from './security-center-table.ts';

/** SAS. Each group of operations has a file of its own. */
export const securityCenter: Surface = {
  title: 'Alibaba Cloud SAS 2018-12-03',
  operations: sas.operations,
  clients: alibabaClients(sas.version, readTable(securityCenterTable)),
  readInput: readFlat,
  folder: 'src/clouds/alibaba/sas/operations',
  reasons,
  groups: [sampleGroup, fileDetectionGroup, imageRuleGroup, fileRuleGroup, scanTaskGroup, inventoryGroup, counterGroup],
};
