import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScanReport } from '#scan/report.ts';
import { exampleDetection, exampleFinding, exampleReport } from './example-report.ts';
import { tableReport } from './table.ts';
import { cellsOf } from './text.ts';

function textOf(report: ScanReport, view: { readonly columns?: number; readonly hasColour?: boolean } = {}): string {
  return [...tableReport(report, { columns: Infinity, hasColour: false, ...view })].join('');
}

test('a report for people', () => {
  const findings = [
    exampleFinding({}, [exampleDetection({ severity: 'low', name: 'Config.Backdoor.Cron' })]),
    exampleFinding({ path: '/tmp/.x', hidden: true, layer: `sha256:${'1'.repeat(64)}` }, [exampleDetection({ severity: 'critical' })]),
  ];
  const skipped = [
    { path: '/var/big', layer: '', reason: '2000 bytes is over the limit of 1000 bytes for engines; it was only hashed' },
    { path: '/var/bigger', layer: '', reason: '3000 bytes is over the limit of 1000 bytes for engines; it was only hashed' },
    { path: '', layer: `sha256:${'1'.repeat(64)}`, reason: 'the layer was not looked at' },
  ];
  assert.equal(
    textOf(exampleReport({ findings, skipped, complete: false })),
    `Image     team/app:1.2
Target    image.tar
Id        sha256:${'c'.repeat(64)}
Digest    sha256:${'d'.repeat(64)}
Platform  linux/amd64
Layers    2 (3.0 MB)
Complete  no

SEVERITY  NAME                  LAYER         HIDDEN  PATH
critical  Linux.Miner.Example   111111111111  yes     /tmp/.x
low       Config.Backdoor.Cron  222222222222          /usr/bin/x

Layers with findings
  111111111111  1 of 2    ADD rootfs /
  222222222222  2 of 2    RUN curl example.com | sh

Not, or not fully, looked at
  2 × … bytes is over the limit of 1000 bytes for engines; it was only hashed
      /var/big
      /var/bigger
  1 × the layer was not looked at
      layer 111111111111

2 findings (1 critical, 1 low; 1 hidden by a later layer, but still in the image). The scan is not complete: 3 skipped.
1,200 files, 1,100 contents (1,000 inspected, 100 known), 340 MB in 2.00 s (170 MB/s)
`,
  );
});

test('a clean image says so, and a clean part of one does not', () => {
  assert.match(textOf(exampleReport({ findings: [] })), /\nNo malware found\.\n/);
  assert.match(textOf(exampleReport({ findings: [], complete: false })), /\nNo malware found\. The scan is not complete\.\n/);
});

test('colours come only when wanted, and change nothing else', () => {
  const report = exampleReport();
  const plain = textOf(report);
  const coloured = textOf(report, { hasColour: true });
  assert.ok(!plain.includes('\u001b'));
  assert.ok(coloured.includes('\u001b[31mhigh\u001b[0m'));
  // oxlint-disable-next-line no-control-regex -- colours
  assert.equal(coloured.replace(/\u001b\[[\d;]*m/g, ''), plain);
});

test('hostile names, paths and reasons cannot steer a terminal or fake a line', () => {
  const evil = '\u001b]0;owned\u0007\u001b[2J\u202e\r\nNo malware found.\u2028\u009b31m';
  const report = exampleReport({
    target: evil,
    findings: [exampleFinding({ path: `/${evil}`, layer: evil }, [exampleDetection({ name: evil })])],
    skipped: [{ path: `/${evil}`, layer: evil, reason: evil }],
  });
  const { image } = report;
  const text = textOf({
    ...report,
    image: { ...image, id: evil, digest: evil, reference: evil, platform: evil, layers: [{ digest: evil, diffId: evil, size: 1, createdBy: evil }] },
  });
  // oxlint-disable-next-line no-control-regex -- what must not be there
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
  assert.doesNotMatch(text, /^No malware/m);
});

test('on a terminal every line fits, and no part of a path is lost', () => {
  const path = `/usr/lib/${'很长的路径'.repeat(12)}/${'x'.repeat(90)}`;
  const skipped = Array.from({ length: 30 }, (_, index) => ({ path, layer: '', reason: `${'word '.repeat(30)}${String.fromCharCode(97 + index)}` }));
  const report = exampleReport({
    findings: [exampleFinding({ path, hidden: true }, [exampleDetection({ name: `Linux.Trojan.${'Long'.repeat(30)}` })])],
    skipped,
    complete: false,
  });
  for (const columns of [30, 60, 80, 120, 200]) {
    const text = textOf(report, { columns });
    const [, table = ''] = text.split('SEVERITY');
    const lines = table.split('\n').slice(1, table.split('\n').indexOf(''));
    for (const line of lines) assert.ok(cellsOf(line) <= columns, `${columns}: ${line}`);
    assert.ok(
      lines
        .map((line) => line.trim())
        .join('')
        .replace(/\s+/g, '')
        .includes(path.slice(-80)),
      `${columns}:\n${text}`,
    );
  }
});

test('many reasons and layers are summed up', () => {
  const skipped = Array.from({ length: 50 }, (_, index) => ({ path: `/f${index}`, layer: '', reason: `reason ${'x'.repeat(index)}` }));
  const text = textOf(exampleReport({ skipped, complete: false }));
  assert.match(text, /and for 42 other reasons; the JSON report names all\n/);
  const same = textOf(exampleReport({ skipped: skipped.map((one) => ({ ...one, reason: 'same' })), complete: false }));
  assert.match(same, /50 × same\n {6}\/f0\n {6}\/f1\n {6}\/f2\n {6}and 47 more\n/);
});

test('a directory has neither layers nor digest', () => {
  const { image } = exampleReport();
  const text = textOf(
    exampleReport({
      target: 'dir:/srv',
      image: { ...image, reference: '/srv', digest: '', platform: '', layers: [] },
      findings: [exampleFinding({ layer: '' })],
    }),
  );
  assert.doesNotMatch(text, /LAYER|Layers|Digest|Platform/);
});
