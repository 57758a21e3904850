import type { RegistryKind } from '#domain/registry.ts';

/** RegistryType. */
export const registryTypes: Readonly<Record<RegistryKind, string>> = { docker: 'docker', harbor: 'harbor', acr: 'acr', tcr: 'tcr', quay: 'quay' };

/** What the values of RegistryType select. The vendor's own two kinds of registry are one here. */
export const registryTypeFilters: Readonly<Record<string, readonly RegistryKind[]>> = {
  tcr: ['tcr'],
  ccr: ['tcr'],
  harbor: ['harbor'],
  docker: ['docker'],
  acr: ['acr'],
  quay: ['quay'],
};
