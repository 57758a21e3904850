import { readInput } from '#clouds/alibaba/input.ts';
import { alibabaSdks } from '../../support/alibaba-sdks.ts';
import { flatten } from '../../support/mangled-request.ts';
import type { Declarations } from '../declarations.ts';
import type { Client, Surface } from '../surface.ts';

/** Each client family in the way it signs and sends when it is told nothing. */
const usual = ['@alicloud/pop-core GET', '@alicloud/openapi-client V3 POST'];

/** The clients of a product; what they declare is the same. */
export function alibabaClients(version: string, declarations: Declarations): readonly Client[] {
  return alibabaSdks
    .filter(({ name }) => usual.includes(name))
    .map((sdk) => ({ name: sdk.name, declarations, connect: (endpoint, key) => sdk.connect({ endpoint, protocol: 'http', key }, version) }));
}

/** A request as the clients flatten it, as an operation gets it. */
export const readFlat: Surface['readInput'] = (parameters, request) => readInput(parameters, flatten(request, 1));
