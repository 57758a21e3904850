import assert from 'node:assert/strict';
import { test } from 'node:test';
import { severities } from '#domain/severity.ts';
import type { ScanReport } from '#scan/report.ts';
import { exampleDetection, exampleFinding, exampleReport } from './example-report.ts';
import { sarifLimits, sarifReport } from './sarif.ts';

interface Message {
  readonly text: string;
  readonly markdown?: string;
}
interface Location {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
    readonly region: { readonly startLine: number };
  };
  readonly logicalLocations?: readonly { readonly name: string; readonly fullyQualifiedName: string; readonly kind: string }[];
}
interface Rule {
  readonly id: string;
  readonly name: string;
  readonly shortDescription: Message;
  readonly fullDescription: Message;
  readonly help: Message;
  readonly helpUri?: string;
  readonly defaultConfiguration: { readonly level: string };
  readonly properties: { readonly tags: readonly string[]; readonly 'security-severity': string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: Message;
  readonly locations: readonly [Location];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: { readonly hidden: boolean; readonly detections: readonly string[] };
}
interface Run {
  readonly tool: { readonly driver: { readonly name: string; readonly version: string; readonly rules: readonly Rule[] } };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: Message; readonly locations?: readonly Location[] }[];
    },
  ];
  readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>;
  readonly results: readonly Result[];
}

function textOf(report: ScanReport): string {
  return [...sarifReport(report, { version: '1.2.3' })].join('');
}

function runOf(report: ScanReport): Run {
  const log = JSON.parse(textOf(report)) as { readonly version: string; readonly runs: readonly Run[] };
  assert.equal(log.version, '2.1.0');
  assert.equal(log.runs.length, 1);
  const [run] = log.runs;
  assert.ok(run);
  return run;
}

function onlyResult(report: ScanReport): { readonly run: Run; readonly result: Result; readonly rule: Rule } {
  const run = runOf(report);
  const [result] = run.results;
  assert.ok(result);
  const rule = run.tool.driver.rules[result.ruleIndex];
  assert.ok(rule);
  return { run, result, rule };
}

test('a finding names its rule, place, layer and content', () => {
  const { run, result, rule } = onlyResult(exampleReport());
  assert.equal(run.tool.driver.version, '1.2.3');
  assert.equal(result.ruleId, 'yara/lazaret/Linux_Miner_Example');
  assert.equal(rule.id, result.ruleId);
  assert.equal(rule.name, 'Linux.Miner.Example');
  assert.equal(rule.helpUri, 'https://example.com/miner');
  assert.match(rule.help.text, /A miner made for tests\.\nAdvice: Rebuild/);
  assert.match(result.message.text, /^\/usr\/bin\/x is detected as Linux\.Miner\.Example\.$/);
  const [{ physicalLocation, logicalLocations }] = result.locations;
  assert.equal(physicalLocation.artifactLocation.uri, 'usr/bin/x');
  assert.ok(run.originalUriBaseIds[physicalLocation.artifactLocation.uriBaseId]?.uri.endsWith('/'));
  assert.equal(physicalLocation.region.startLine, 1);
  assert.deepEqual(logicalLocations, [{ name: 'sha256:222222222222', fullyQualifiedName: `sha256:${'2'.repeat(64)}`, kind: 'layer' }]);
});

test('levels and scores fall with the severity', () => {
  const expected = {
    critical: ['error', 9, 10],
    high: ['error', 7, 8.9],
    medium: ['warning', 4, 6.9],
    low: ['warning', 0.1, 3.9],
    notice: ['note', 0.1, 3.9],
  } as const;
  for (const severity of severities) {
    const { result, rule } = onlyResult(exampleReport({ findings: [exampleFinding({}, [exampleDetection({ severity })])] }));
    const [level, least, most] = expected[severity];
    assert.equal(result.level, level);
    assert.equal(rule.defaultConfiguration.level, level);
    const score = Number(rule.properties['security-severity']);
    assert.ok(score >= least && score <= most, `${severity}: ${score}`);
    assert.equal(typeof rule.properties['security-severity'], 'string');
  }
});

test('the rule of a finding is that of the detection it is named after', () => {
  const weak = exampleDetection({ rule: 'Weak', name: 'Other.Name', severity: 'low' });
  const strong = exampleDetection({ rule: 'Strong', severity: 'critical', name: 'Named.By.This' });
  const finding = {
    ...exampleFinding({}, [weak, strong]),
    verdict: { name: 'Named.By.This', severity: 'critical' as const, tags: [], detections: [weak, strong] },
  };
  const { result } = onlyResult(exampleReport({ findings: [finding] }));
  assert.equal(result.ruleId, 'yara/lazaret/Strong');
  assert.deepEqual(result.properties.detections, ['yara/lazaret/Weak', 'yara/lazaret/Strong']);
});

test('a rule that found twice is described once', () => {
  const run = runOf(exampleReport({ findings: [exampleFinding(), exampleFinding({ path: '/other' })] }));
  assert.equal(run.tool.driver.rules.length, 1);
  assert.equal(run.results.length, 2);
});

test('fingerprints follow content and path alone', () => {
  const prints = (changes: Parameters<typeof exampleFinding>[0]) =>
    onlyResult(exampleReport({ findings: [exampleFinding(changes)] })).result.partialFingerprints;
  assert.deepEqual(prints({ layer: `sha256:${'9'.repeat(64)}` }), prints({}));
  assert.notDeepEqual(prints({ path: '/other' }), prints({}));
  assert.notDeepEqual(prints({ sha256: 'e'.repeat(64) }), prints({}));
  assert.match(prints({})['primaryLocationLineHash'] ?? '', /^[0-9a-f]{64}:1$/);
});

test('a path cannot become another kind of address', () => {
  const cases: [string, string][] = [
    ['/a b/ü?#%.sh', 'a%20b/%C3%BC%3F%23%25.sh'],
    ['/https://evil.example/x', 'https%3A/evil.example/x'],
    ['/bad\\xff', 'bad%5Cxff'],
    ['/\ud800', '%EF%BF%BD'],
  ];
  for (const [path, uri] of cases)
    assert.equal(onlyResult(exampleReport({ findings: [exampleFinding({ path })] })).result.locations[0].physicalLocation.artifactLocation.uri, uri);
});

test('hostile texts of rules and paths do no harm', () => {
  const detection = exampleDetection({
    description: { en: '<img src=x onerror=alert(1)> [click](javascript:alert) @everyone \u202e\u001b[31m', zh: '' },
    reference: 'javascript:alert(1)',
    tags: ['x'.repeat(500), ...Array.from({ length: 40 }, (_, index) => `tag${index}`), 'tag1'],
  });
  const { rule } = onlyResult(exampleReport({ findings: [exampleFinding({ path: '/\u202etxt.exe' }, [detection])] }));
  assert.equal(rule.helpUri, undefined);
  assert.doesNotMatch(rule.help.markdown ?? '', /[<>[\]()@]/);
  assert.ok(rule.properties.tags.length <= sarifLimits.tags);
  assert.equal(new Set(rule.properties.tags).size, rule.properties.tags.length);
  // oxlint-disable-next-line no-control-regex -- what must not be there
  assert.doesNotMatch(JSON.stringify([rule, rule.help.text]), /[\u001b\u202e]/);
});

test('a path cannot become a link or an argument of the message', () => {
  const { result } = onlyResult(exampleReport({ findings: [exampleFinding({ path: '/[free](http://evil.example) {0}' })] }));
  assert.match(result.message.text, /^\/\[free\] \(http:\/\/evil\.example\) \{\{0\}\} is/);
});

test('texts keep the documented lengths', () => {
  const long = 'x'.repeat(5000);
  const { rule } = onlyResult(exampleReport({ findings: [exampleFinding({}, [exampleDetection({ name: long, description: { en: long, zh: '' } })])] }));
  assert.ok(rule.name.length <= sarifLimits.nameLength);
  assert.ok(rule.fullDescription.text.length <= sarifLimits.textLength);
  assert.ok(rule.shortDescription.text.length <= sarifLimits.textLength);
});

test('what was skipped is told, with its place', () => {
  const skipped = [
    { path: '/big file', layer: `sha256:${'1'.repeat(64)}`, reason: 'too large' },
    { path: '', layer: `sha256:${'1'.repeat(64)}`, reason: 'the layer was not looked at' },
  ];
  const [{ executionSuccessful, toolExecutionNotifications }] = runOf(exampleReport({ complete: false, skipped })).invocations;
  assert.equal(executionSuccessful, false);
  assert.equal(toolExecutionNotifications.length, 2);
  assert.match(toolExecutionNotifications[0]?.message.text ?? '', /\/big file: too large$/);
  assert.equal(toolExecutionNotifications[0]?.locations?.[0]?.physicalLocation.artifactLocation.uri, 'big%20file');
  assert.match(toolExecutionNotifications[1]?.message.text ?? '', /layer sha256:1+: the layer was not looked at$/);
});

test('a complete scan without findings still lists results, so that earlier alerts are closed', () => {
  const run = runOf(exampleReport({ findings: [] }));
  assert.deepEqual(run.results, []);
  assert.equal(run.invocations[0].executionSuccessful, true);
  assert.deepEqual(run.invocations[0].toolExecutionNotifications, []);
});

test('of more findings than a file may have, the worst are kept and the rest counted', () => {
  const low = exampleFinding({}, [exampleDetection({ severity: 'low' })]);
  const critical = exampleFinding({ path: '/worst' }, [exampleDetection({ severity: 'critical', rule: 'Worst' })]);
  const findings = [...Array.from({ length: sarifLimits.results + 5 }, () => low), critical];
  const run = runOf(exampleReport({ findings }));
  assert.equal(run.results.length, sarifLimits.results);
  assert.equal(run.results[0]?.ruleId, 'yara/lazaret/Worst');
  assert.match(run.invocations[0].toolExecutionNotifications[0]?.message.text ?? '', /^6 more findings are left out/);
});

test('the text is laid out as JSON.stringify does with an indent of two', () => {
  const text = textOf(exampleReport({ skipped: [{ path: '/a', layer: '', reason: 'b' }] }));
  assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
});
