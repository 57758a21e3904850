import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences, hitsOfReport, hitsOfYara } from './hits.ts';

const finding = (path: string, rules: readonly string[], hidden = false) => ({
  path,
  fileType: 'elf',
  hidden,
  detections: rules.map((rule) => ({ engine: 'yara', rule })),
});
const report = (findings: ReturnType<typeof finding>[]) => ({
  complete: true,
  skipped: [],
  findings,
  stats: { files: 0, contents: 0, inspectedContents: 0, cachedLayers: 0 },
});

test("equal hits of YARA's command and of a report have no differences", () => {
  const theirs = hitsOfYara('b /tree/usr/bin/x\na /tree/usr/bin/x\na /tree/srv/a name.php\n', '/tree');
  const ours = hitsOfReport(report([finding('/srv/a name.php', ['a']), finding('/usr/bin/x', ['a', 'b'])]));
  assert.equal(ours.length, 3);
  assert.deepEqual(differences(ours, theirs), []);
});

test('a hit that one side lacks is named with its side', () => {
  const theirs = hitsOfYara('a /tree/x\nb /tree/x\n', '/tree');
  assert.deepEqual(differences(hitsOfReport(report([finding('/x', ['a', 'c'])])), theirs), ['only lazaret: c\t/x', 'only yara: b\t/x']);
  assert.equal(differences(hitsOfReport(report([finding('/y', ['a', 'b'])])), theirs).length, 4);
});

test('what a container does not see is left out, since the other side does not see it either', () => {
  assert.deepEqual(hitsOfReport(report([finding('/x', ['a'], true), finding('/a.jar!/x', ['a'])])), []);
});
