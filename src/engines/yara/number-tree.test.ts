import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBestBackend } from './backends.ts';
import { combine, mayCompare } from './number-tree.ts';
import { contentsOfRule } from './plan.ts';
import { splitRules } from './rules-file.ts';

test('operators bind as they do in YARA', () => {
  const operands = [1, 2, 3, 4];
  assert.deepEqual(combine(operands, ['+', '*', '-']), {
    operator: '-',
    left: { operator: '+', left: 1, right: { operator: '*', left: 2, right: 3 } },
    right: 4,
  });
  assert.deepEqual(combine([1, 2, 3], ['|', '<<']), { operator: '|', left: 1, right: { operator: '<<', left: 2, right: 3 } });
  assert.equal(combine([1, 2], ['\\']), undefined);
  assert.equal(combine([1, undefined], ['+']), undefined);
  assert.equal(
    combine(
      Array.from({ length: 1000 }, () => 1),
      Array.from({ length: 999 }, () => '+'),
    ),
    undefined,
  );
});

test('what lies beyond the end is not compared, and what is too large is left to the engine', () => {
  const content = Buffer.from([1, 2, 3, 4]);
  const read = (at: number) => ({ read: { size: 4, signed: false, bigEndian: false }, at });
  assert.equal(mayCompare('==', read(0), 0x04030201, content), true);
  assert.equal(mayCompare('==', read(0), 1, content), false);
  assert.equal(mayCompare('!=', read(1), 1, content), false);
  assert.equal(mayCompare('!=', read(-1), 1, content), false);
  const large = { operator: '*', left: Number.MAX_SAFE_INTEGER, right: Number.MAX_SAFE_INTEGER } as const;
  assert.equal(mayCompare('==', large, 1, content), true);
  assert.equal(mayCompare('==', { operator: '<<', left: 1, right: 99 }, 1, content), true);
});

const { sum } = fc.letrec<{ sum: string; term: string }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('0', '1', '2', '3', '7', '0x10', '255', '0x4550', '1KB', 'filesize'),
    fc.tuple(fc.constantFrom('uint8', 'uint16', 'uint32', 'int8', 'int16be', 'int32', 'uint32be'), tie('sum')).map(([read, at]) => `${read}(${at})`),
    tie('sum').map((inner) => `(${inner})`),
    tie('term').map((inner) => `-${inner}`),
    tie('term').map((inner) => `~${inner}`),
  ),
  sum: fc
    .tuple(tie('term'), fc.array(fc.tuple(fc.constantFrom('+', '-', '*', '&', '|', '^', '<<', '>>', '\\', '%'), tie('term')), { maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest.map(([operator, term]) => `${operator} ${term}`)].join(' ')),
}));

test('a comparison that the engine finds true may be true', () => {
  const backend = openBestBackend();
  let [held, spared] = [0, 0];
  fc.assert(
    fc.property(
      sum,
      fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
      sum,
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 12 }), { minLength: 6, maxLength: 6 }),
      (left, comparison, right, contents) => {
        const rule = `rule r { condition: ${left} ${comparison} ${right} }`;
        const { bytes, failed } = backend.compile([{ namespace: 'a', source: rule }]);
        const [item] = splitRules(rule);
        if (failed || item?.kind !== 'rule') return;
        const { gate } = contentsOfRule(item.rule, new Map());
        const scanner = backend.load(bytes, { timeoutMs: 1000, matchesPerPattern: 10 });
        for (const each of contents) {
          const content = Buffer.from(each);
          const isTrue = scanner.scan(content, { filename: '', filepath: '', extension: '', filetype: '', owner: '' }).length > 0;
          const may = typeof gate !== 'object' || !('compare' in gate) || mayCompare(gate.compare, gate.left, gate.right, content);
          assert.ok(may || !isTrue, `${rule} is true of ${content.toString('hex')}`);
          if (isTrue) held++;
          else if (!may) spared++;
        }
      },
    ),
    { numRuns: 800, plugins: [fc.interruptAfterTimeLimit(8000, { failOnInterrupt: false })] },
  );
  assert.ok(held > 100 && spared > 100, `${held} were true, ${spared} were found out to be false`);
});
