// An inspecting process whose judge does what the content says: the real life of an inspector around an engine that fails.
import type { Detection } from '#domain/detection.ts';
import type { Judge } from '#engines/engine.ts';
import { serveInspections } from '#scan/inspect/serve.ts';

const judge: Judge = {
  prepare: () => undefined,
  groupOf: () => '',
  inspect(bytes) {
    const order = bytes.toString('latin1', 0, 5);
    if (order === 'CRASH') process.abort();
    if (order === 'HANG!') for (;;);
    if (order === 'EAT!!') eat();
    if (order === 'KEEP!') eaten.push(Buffer.alloc(256 * 1024 * 1024, 1));
    if (order === 'PAUSE') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    if (order === 'THROW') throw new Error('this engine gives up');
    return bytes.includes('EVIL') ? [detection] : [];
  },
};

// Seen by nobody: memory that an engine did not give back.
const eaten: Buffer[] = [];

function eat(): never {
  for (;;) eaten.push(Buffer.alloc(16 * 1024 * 1024, 1));
}

const detection: Detection = {
  engine: 'yara',
  kind: 'signature',
  rule: 'evil',
  pack: 'test',
  name: 'Test.Trojan.Evil',
  severity: 'high',
  tags: [],
  author: '',
  reference: '',
  licence: '',
  description: { en: '', zh: '' },
  advice: { en: '', zh: '' },
};

serveInspections((recipes) => recipes.map(() => judge));
