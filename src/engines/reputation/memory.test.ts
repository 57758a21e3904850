import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const entries = 1_000_000;
const budget = 100_000_000;
/** With what a load leaves behind for the collector: 84 to 97 MB were seen. */
const peakBudget = 120_000_000;
const loadSeconds = 20;
const lookupMicroseconds = 100;

// Runs in a process of its own, since resident memory is the process's and never shrinks by itself.
const child = `
import { readFileSync } from 'node:fs';
import { openHashLists } from ${JSON.stringify(import.meta.resolve('./open-hash-lists.ts'))};
gc();
const before = process.memoryUsage().rss;
const started = performance.now();
const { engines: [engine], entries, problems } = await openHashLists({ paths: [process.argv[1]], signal: new AbortController().signal });
const seconds = (performance.now() - started) / 1000;
// Not maxRSS of getrusage: that one begins with what the process had that started this one.
const peak = Number(/^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) * 1024 - before;
gc();
const held = process.memoryUsage().rss - before;
const asked = performance.now();
for (let n = 0; n < 20_000; n++) engine.lookup({ sha256: n.toString(16).padStart(64, '0'), md5: ''.padStart(32, '0') }, 1);
const microseconds = (performance.now() - asked) * 1000 / 20_000;
const found = engine.lookup({ sha256: process.argv[2], md5: '' }, 1).detections[0]?.name;
console.log(JSON.stringify({ entries, problems: problems.length, seconds, held, peak, microseconds, found }));
`;

test(`a list of a million named SHA-256 takes less than ${budget / 1e6} MB`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lazaret-million-'));
  try {
    const path = join(directory, 'million.hsb');
    await writeList(path);
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--input-type=module', '--eval', child, path, hash(entries - 1)]);
    const measured = JSON.parse(stdout) as Record<'entries' | 'problems' | 'seconds' | 'held' | 'peak' | 'microseconds', number> & { found: string };
    assert.equal(measured.entries, entries);
    assert.equal(measured.problems, 0);
    assert.equal(measured.found, name(entries - 1));
    assert.ok(measured.held < budget, `${measured.held} bytes held`);
    assert.ok(measured.peak < peakBudget, `${measured.peak} bytes at the peak`);
    assert.ok(measured.seconds < loadSeconds, `${measured.seconds} s to load`);
    assert.ok(measured.microseconds < lookupMicroseconds, `${measured.microseconds} µs a lookup`);
  } finally {
    await rm(directory, { recursive: true });
  }
});

async function writeList(path: string): Promise<void> {
  await using file = await open(path, 'w');
  for (let start = 0; start < entries; start += 50_000) {
    const lines = Array.from({ length: 50_000 }, (_, index) => `${hash(start + index)}:*:${name(start + index)}:73\n`);
    await file.write(lines.join(''));
  }
}

function hash(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex');
}

function name(number: number): string {
  return `Win.Trojan.Agent-${number}-0`;
}
