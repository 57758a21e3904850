/** What a registry is, as far as its credentials and its catalogue differ. */
export const registryKinds = ['docker', 'harbor', 'acr', 'tcr', 'quay'] as const;
export type RegistryKind = (typeof registryKinds)[number];

const hostPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]{2,45}\])(?::[0-9]{1,5})?$/;
const partPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Whether a text is the `host[:port]` of a registry: it has a dot or a colon or is `localhost`, or it would be read as a part of a name. */
export function isRegistryAddress(text: string): boolean {
  return (text.includes('.') || text.includes(':') || text === 'localhost') && hostPattern.test(text) && text.length <= 260;
}

/** Whether a text is the name of a repository, as the distribution grammar has it. */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && text.split('/').every((part) => partPattern.test(part));
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}
