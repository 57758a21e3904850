import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { AccessKey, App } from '#app/app.ts';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { appOver } from './app-over.ts';
import { testFolder } from './folder.ts';
import { type Serving, startServing } from './serving.ts';

/** A spawned server, an application of our own over the same data, as another process would have it, and a key. */
export interface Ground {
  readonly server: Serving;
  readonly app: App;
  readonly key: AccessKey;
  readonly dataDir: string;
}

export async function openGround(context: TestContext, more: readonly string[] = []): Promise<Ground> {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const server = await startServing(dataDir, ['--no-scanning', ...more]);
  context.after(async () => {
    await server.stop();
    await app.store.close();
  });
  return { server, app, key, dataDir };
}
