import { cr } from './alibaba/cr/index.ts';
import type { AlibabaProduct } from './alibaba/product.ts';
import { sas } from './alibaba/sas/index.ts';
import type { Product } from './product.ts';
import { tcss } from './tencent/tcss/index.ts';

/** The products that are answered, by cloud. */
export const tencentProducts: readonly Product[] = [tcss];
export const alibabaProducts: readonly AlibabaProduct[] = [sas, cr];
