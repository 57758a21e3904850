import type { AlibabaProduct } from '../product.ts';
import { listRepository } from './operations/ListRepository.ts';

/** Container registry. */
export const cr: AlibabaProduct = { name: 'cr', version: '2018-12-01', policyPrefix: 'cr', operations: [listRepository] };
