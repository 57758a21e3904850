import type { RegistryKind } from '#domain/registry.ts';

/** RegistryType. */
export const registryTypes: Readonly<Record<RegistryKind, string>> = { docker: 'docker', harbor: 'harbor', acr: 'acr', tcr: 'tcr', quay: 'quay' };

/** What RegistryType may be. Those of the vendor's that speak the registry protocol and nothing else that counts here are plain registries. */
export const kindsOfTypes: Readonly<Record<string, RegistryKind>> = {
  harbor: 'harbor',
  quay: 'quay',
  docker: 'docker',
  jfrog: 'docker',
  aws: 'docker',
  azure: 'docker',
  acr: 'acr',
  tcr: 'tcr',
  ccr: 'tcr',
  'other-tcr': 'tcr',
};

/** RegistryType as it was told, unless the registry has become one of another kind since. */
export function registryTypeOf({ kind, extra }: { readonly kind: RegistryKind; readonly extra?: Readonly<Record<string, string>> | undefined }): string {
  const told = extra?.['registryType'] ?? '';
  return Object.hasOwn(kindsOfTypes, told) && kindsOfTypes[told] === kind ? told : registryTypes[kind];
}

/** What the values of a filter RegistryType select. */
export const registryTypeFilters: Readonly<Record<string, readonly RegistryKind[]>> = Object.fromEntries(
  Object.entries(kindsOfTypes).map(([type, kind]) => [type, [kind]]),
);

/** The word for the region of a registry that has none. */
export const usualRegion = 'default';

/** RegistryRegion. */
export function regionOf(region: string): string {
  return region === '' ? usualRegion : region;
}
