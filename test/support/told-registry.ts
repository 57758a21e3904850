/** What a caller tells of a registry that is added or changed: the least that the vendor asks for. */
export function toldRegistry(over: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { Name: 'main', Username: 'robot', Password: 'open-sesame', Url: 'https://hub.example', RegistryType: 'harbor', NetType: 'public', ...over };
}
