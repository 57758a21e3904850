import { cr } from '#clouds/alibaba/cr/index.ts';
import { readTable } from '../declarations.ts';
import type { Surface } from '../surface.ts';
import { alibabaClients, readFlat } from './clients.ts';
import { reasons } from './reasons.ts';
import { registryTable } from './registry-table.ts';

/** CR, as far as Security Center's callers need it. */
export const registry: Surface = {
  title: 'Alibaba Cloud CR 2018-12-01',
  operations: cr.operations,
  clients: alibabaClients(cr.version, readTable(registryTable)),
  readInput: readFlat,
  folder: 'src/clouds/alibaba/cr/operations',
  reasons,
  groups: [],
};
