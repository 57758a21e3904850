import assert from 'node:assert/strict';
import { test } from 'node:test';
import { severities } from '../../src/domain/severity.ts';
import { compile, compileWholePack, requireNative, ruleFiles, sourceOf, type WrittenRule, writtenRules } from './pack.ts';

const rules = ruleFiles.flatMap((file) => writtenRules(file));
const keys = ['name', 'family', 'severity', 'tags', 'description', 'description_zh', 'advice', 'advice_zh', 'author', 'licence', 'reference'];
const tags = new Set(
  'backdoor botnet bruteforce container credential dropper evasion exploit hacktool miner packer persistence reverseshell rootkit scanner testfile tunnel webshell worm'.split(
    ' ',
  ),
);

/** What is wrong with the texts of one rule. */
function faultsOf({ id, meta, tags: written }: WrittenRule): string[] {
  const faults = keys.filter((key) => meta[key] === undefined || (meta[key] === '' && key !== 'reference')).map((key) => `${key} is missing`);
  const name = meta['name'] ?? '';
  if (!/^(?:Linux|Script|Php|Jsp|Asp|Aspx|Js|Config|Eicar)\.[A-Z][a-z]+\.[A-Z][A-Za-z]+$/.test(name)) faults.push(`name ${name} is not Platform.Type.Family`);
  if (meta['family'] !== name.split('.')[2]) faults.push('family is not that of the name');
  if (!severities.some((severity) => severity === meta['severity'])) faults.push(`severity ${meta['severity']} is unknown`);
  if (written.length === 0 || meta['tags'] !== written.join(',') || written.some((tag) => !tags.has(tag)))
    faults.push(`tags ${written.join(' ')} are not as known`);
  for (const key of ['description', 'advice']) {
    if ((meta[key]?.length ?? 0) < 40 || !/\.$/.test(meta[key] ?? '')) faults.push(`${key} is no sentence`);
    if (/[\u3000-\u9fff]/.test(meta[key] ?? '')) faults.push(`${key} is not English`);
    if (!/[\u4e00-\u9fff]{4}/.test(meta[`${key}_zh`] ?? '') || !/。$/.test(meta[`${key}_zh`] ?? '')) faults.push(`${key}_zh is no Chinese sentence`);
  }
  if (meta['author'] !== 'Lazaret' || meta['licence'] !== 'Apache-2.0') faults.push('author or licence is not ours');
  if (!/^(?:https:\/\/attack\.mitre\.org\/techniques\/T\d{4}\/(?:\d{3}\/)?)?$/.test(meta['reference'] ?? '')) faults.push('reference is no ATT&CK technique');
  return faults.map((fault) => `${id}: ${fault}`);
}

test('every rule says in both languages what it finds and what to do', () => {
  assert.ok(rules.length >= 40);
  assert.deepEqual(rules.flatMap(faultsOf), []);
});

test('descriptions stand once each', () => {
  for (const key of ['description', 'description_zh']) assert.equal(new Set(rules.map(({ meta }) => meta[key])).size, rules.length, key);
});

test('every rule bounds the size of what it looks at', () => {
  assert.deepEqual(
    rules.filter(({ condition }) => !/filesize <=? \d+/.test(condition)).map(({ id }) => id),
    [],
  );
});

test('the layout that these tests read is the one the compiler sees', (context) => {
  if (!requireNative(context)) return;
  for (const file of ruleFiles) assert.equal(writtenRules(file).length, sourceOf(file).match(/^\s*(?:private |global )*rule\s/gm)?.length, file);
});

test('each file compiles alone, and the whole pack too, without a warning', (context) => {
  if (!requireNative(context)) return;
  const warnings = ruleFiles.flatMap((file) =>
    compile(sourceOf(file))
      .getWarnings()
      .map(({ message }) => `${file}: ${message}`),
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(compileWholePack().getWarnings(), []);
});

test('a rule without texts is told apart', () => {
  const [rule] = writtenRules('x.yar', 'rule Bad_One : unknown {\n  meta:\n    name = "Bad.One"\n  condition:\n    true\n}\n');
  assert.ok(rule !== undefined && faultsOf(rule).length > 8);
});
