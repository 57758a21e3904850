import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { defaultAccount } from '#app/app.ts';
import { createKey } from '#app/create-key.ts';
import { exportFolder, exportPath } from '#app/export-folder.ts';
import { signLink } from '#app/sign-link.ts';
import { appOver } from '../support/app-over.ts';
import { storeExport } from '../support/export-jobs.ts';
import { testFolder } from '../support/folder.ts';
import { damaged, mangling } from '../support/mangled-request.ts';
import { openPipeline, type WireAnswer, type WireRequest } from '../support/pipeline.ts';
import { type Serving, startServing } from '../support/serving.ts';
import { type SoundGround, soundRequest, soundTargets } from '../support/sound-request.ts';
import { aFinding, anImage, aScan, storeImage } from '../support/stored-images.ts';

/** Requests in all; a million was run once by hand with LAZARET_MANGLED_REQUESTS=1000000. */
const total = Number(process.env['LAZARET_MANGLED_REQUESTS'] ?? 20_000);
const inOneBatch = 200;
const patienceMs = 15_000;

function complaint(request: WireRequest, answer: WireAnswer): string | undefined {
  const shown = `${request.method} ${request.target.slice(0, 200)} ${request.body.toString('latin1', 0, 300)} -> ${answer.status} ${answer.body.slice(0, 200)}`;
  if (answer.status >= 500) return shown;
  if (/"(?:InternalError|ServerError)"/.test(answer.body)) return shown;
  const type = answer.headers.get('content-type') ?? '';
  if (!type.includes('json')) return undefined;
  try {
    JSON.parse(answer.body);
    return undefined;
  } catch {
    return `no JSON: ${shown}`;
  }
}

// Values with which operations get beyond their first checks.
function samplesOf(imageId: string, exportId: string): Readonly<Record<string, string>> {
  return {
    ImageID: imageId,
    Images: imageId,
    Name: 'Name',
    Values: 'a',
    TaskID: '1',
    JobId: exportId,
    JobID: exportId,
    ExportField: 'Path',
    ScanTime: '01:30',
    Order: 'asc',
    By: 'ImageName',
    Levels: 'serious',
    ScanRange: 'image',
    CurrentPage: '1',
    PageSize: '20',
    Id: '1',
    EventType: 'maliciousFile',
    OperationCode: 'whitelist',
    Conditions: '[{"condition":"PATH","type":"contains","value":"zz"}]',
  };
}

async function openGround(context: TestContext): Promise<{ readonly ground: SoundGround; readonly server: Serving }> {
  const dataDir = testFolder(context);
  const app = await appOver(dataDir);
  const key = await createKey(app, defaultAccount, { name: 'test', randomBytes });
  const imageId = await storeImage(app.store, anImage('team/app:1'), { scan: aScan(), findings: [aFinding('/a'), aFinding('/b')] });
  const exportId = await storeExport({ app, store: app.store, accountId: defaultAccount }, 'done');
  mkdirSync(exportFolder(dataDir));
  writeFileSync(exportPath(dataDir, exportId), 'a file');
  const server = await startServing(dataDir, ['--no-scanning']);
  context.after(async () => {
    await server.stop();
    await app.store.close();
  });
  const url = new URL(signLink({ ...app, downloads: { linkMs: 24 * 3600_000, keepMs: 0 } }, { id: exportId, name: 'a.xlsx' }, 'http://x'));
  const samples = samplesOf(imageId, exportId);
  return { server, ground: { key, vault: app.vault, link: `${url.pathname}${url.search}`, sample: (name) => samples[name] ?? 'a' } };
}

test(`${total} mangled requests of both clouds are answered, without a fault, a hang or a crash`, { timeout: 3_600_000 }, async (context) => {
  const { ground, server } = await openGround(context);
  const pipeline = openPipeline(Number(server.endpoint.split(':')[1]), patienceMs);
  context.after(() => pipeline.close());
  const batches = fc.array(mangling, { minLength: inOneBatch, maxLength: inOneBatch });
  const asked = new Set<string>();
  const well = new Set<string>();
  let answered = 0;
  let nonces = 0;
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const sound = batch.map((one) => soundRequest(one, ground, `n${++nonces}`));
      const requests = sound.map(({ request }, index) => damaged(request, batch[index] ?? assert.fail()));
      const answers = await pipeline.exchange(requests);
      for (const [index, answer] of answers.entries()) {
        const { target = '' } = sound[index] ?? {};
        const request = requests[index];
        if (answer === undefined || request === undefined) continue;
        answered += 1;
        asked.add(target);
        if (answer.status < 300 && !answer.body.includes('"Error":{')) well.add(target);
        assert.equal(complaint(request, answer), undefined);
      }
    }),
    { numRuns: Math.ceil(total / inOneBatch), endOnFailure: true },
  );
  // A server that refuses HTTP itself closes the connection, and what stood behind it is not answered.
  assert.ok(answered > total / 4, `${answered} of ${total} were answered`);
  assert.deepEqual(
    soundTargets.filter((target) => !asked.has(target)),
    [],
    'every operation was asked',
  );
  assert.ok(well.size > soundTargets.length / 2, `only ${[...well].join(', ')} were ever answered well`);
  const healthy = await fetch(`http://${server.endpoint}/healthz`);
  assert.equal(healthy.status, 200);
});
