import { registry } from './alibaba/registry.ts';
import { securityCenter } from './alibaba/security-center.ts';
import type { Surface } from './surface.ts';
import { containerSecurity } from './tencent/container-security.ts';

/** All products. */
export const surfaces: readonly Surface[] = [containerSecurity, securityCenter, registry];
