import { tcss } from '#clouds/tencent/tcss/index.ts';
import { askWell, type TestCall } from './cloud-call.ts';

/** What a caller tells of a registry that is added or changed: the least that the vendor asks for. */
export function toldRegistry(over: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { Name: 'main', Username: 'robot', Password: 'open-sesame', Url: 'https://hub.example', RegistryType: 'harbor', NetType: 'public', ...over };
}

/** Adds or changes a registry as a caller would, and gives its id. */
export async function tellRegistry(call: TestCall, verb: 'Add' | 'Update', told: Readonly<Record<string, unknown>>): Promise<number> {
  const action = `${verb}AssetImageRegistryRegistryDetail`;
  const operation = tcss.operations.find((one) => one.action === action);
  if (operation === undefined) throw new Error(`there is no ${action}`);
  return ((await askWell(operation, call, told)) as { readonly RegistryId: number }).RegistryId;
}
