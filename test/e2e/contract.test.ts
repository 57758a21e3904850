import assert from 'node:assert/strict';
import { test } from 'node:test';
import { driveAction } from '../contract/drive.ts';
import { declares } from '../contract/surface.ts';
import { surfaces } from '../contract/surfaces.ts';
import { appOver } from '../support/app-over.ts';
import { testFolder } from '../support/folder.ts';
import { startServing } from '../support/serving.ts';

for (const surface of surfaces.filter(({ operations }) => operations.length > 0)) {
  test(`${surface.title}: official clients drive every operation, from the least request to the fullest, and are answered as declared`, async (context) => {
    const dataDir = testFolder(context);
    const app = await appOver(dataDir);
    const server = await startServing(dataDir, ['--no-scanning']);
    context.after(async () => {
      await server.stop();
      await app.store.close();
    });
    for (const { action } of surface.operations) {
      const clients = surface.clients.filter((client) => declares(client, action));
      assert.notEqual(clients.length, 0, `no client declares ${action}`);
      for (const client of clients)
        await context.test(`${action} by ${client.name}`, () => driveAction({ app, endpoint: server.endpoint, surface, client }, action));
    }
  });
}
