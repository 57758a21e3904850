/** What a registry is, as far as its credentials and its catalogue differ. */
export const registryKinds = ['docker', 'harbor', 'acr', 'tcr', 'quay'] as const;
export type RegistryKind = (typeof registryKinds)[number];
