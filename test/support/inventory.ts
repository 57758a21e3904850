import type { TestContext } from 'node:test';
import type { NewRegistry } from '#store/store.ts';
import { openCall, type TestCall } from './cloud-call.ts';
import { aFinding, anImage, aScan, someTime, storeImage } from './stored-images.ts';

/** Ids of what an inventory holds. */
export interface Inventory {
  readonly call: TestCall;
  readonly acr: number;
  readonly harbor: number;
  readonly images: Readonly<Record<'app' | 'web' | 'cart' | 'api', string>>;
}

/**
 * Four images, seen one after the other: `team/app:1`, infected, and `team/web:2`, clean, which are here; `shop/cart:7` of an ACR with a password, infected, and
 * `prod/api:1.0` of an open Harbor, never scanned.
 */
export async function openInventory(context: TestContext): Promise<Inventory> {
  const call = await openCall(context);
  const { store, accountId } = call;
  const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: false };
  const base: NewRegistry = { accountId, name: '', kind: 'acr', address: '', region: '', insecure: false, username: '', secret: '', policy };
  const acr = await store.registries.add({ ...base, name: 'a', address: 'acr.example', region: 'cn-hangzhou', username: 'u', secret: 's' }, someTime);
  const harbor = await store.registries.add({ ...base, name: 'h', kind: 'harbor', address: 'harbor.example', policy: { ...policy, scanNew: true } }, someTime);
  const scan = aScan();
  const app = await storeImage(store, anImage('team/app:1'), { scan, findings: [aFinding('/a'), aFinding('/b', { severity: 'low' })], at: someTime + 1 });
  const web = await storeImage(store, anImage('team/web:2', { created: '', size: 77 }), { scan, findings: [], at: someTime + 2 });
  const medium = aFinding('/m', { severity: 'medium' });
  const cart = await storeImage(store, anImage('acr.example/shop/cart:7'), { scan, findings: [medium], at: someTime + 3, local: false });
  const api = await storeImage(store, anImage('harbor.example/prod/api:1.0'), { at: someTime + 4, local: false });
  return { call, acr, harbor, images: { app, web, cart, api } };
}
