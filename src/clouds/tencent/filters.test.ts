import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '../refusal.ts';
import { readChoices, readFilters } from './filters.ts';

const keys = { Name: 'Name', RiskLevel: 'RiskLevel', Level: 'RiskLevel' } as const;

function filter(Name: string, Values: readonly string[], ExactMatch?: boolean): { Name: string; Values: readonly string[]; ExactMatch: boolean | undefined } {
  return { Name, Values, ExactMatch };
}

test('filters become conditions by key, with two spellings for one key', () => {
  const conditions = readFilters([filter('Name', ['a', 'b'], true), filter('Level', ['4'])], keys);
  assert.ok(!isRefusal(conditions));
  assert.deepEqual(
    [...conditions],
    [
      ['Name', { values: ['a', 'b'], exact: true }],
      ['RiskLevel', { values: ['4'], exact: false }],
    ],
  );
});

test('empty values ask for nothing', () => {
  const conditions = readFilters([filter('Name', ['', ''])], keys);
  assert.ok(!isRefusal(conditions));
  assert.equal(conditions.size, 0);
});

test('a key that is unknown or stands twice is refused', () => {
  for (const filters of [[filter('name', ['a'])], [filter('__proto__', ['a'])], [filter('Level', ['1']), filter('RiskLevel', ['2'])]]) {
    const conditions = readFilters(filters, keys);
    assert.ok(isRefusal(conditions));
    assert.equal(conditions.refused, 'InvalidParameter.InvalidFormat');
  }
});

test('values with an enumeration are compared without case and underscores, and all means no condition', () => {
  const words = { notScan: ['never'], scanErr: ['failed', 'timeout'] } as const;
  assert.deepEqual(readChoices<string>({ values: ['NOT_SCAN', 'scanerr'], exact: false }, 'ScanStatus', words), ['never', 'failed', 'timeout']);
  assert.equal(readChoices<string>({ values: ['notScan', 'all'], exact: false }, 'ScanStatus', words), undefined);
  assert.equal(readChoices<string>(undefined, 'ScanStatus', words), undefined);
  const refused = readChoices<string>({ values: ['constructor'], exact: false }, 'ScanStatus', words);
  assert.ok(isRefusal(refused));
});
