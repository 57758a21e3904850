import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFlat, nestFlat } from './flat.ts';

function decoded(text: string): unknown {
  const pairs = decodeFlat(text);
  return 'reason' in pairs ? pairs.reason : Object.fromEntries(pairs);
}

function reasonOf(text: string): string {
  const pairs = decodeFlat(text);
  return 'reason' in pairs ? pairs.reason : '';
}

test('a blank may be a plus or percent-encoded, and a name may lack its equals sign', () => {
  assert.deepEqual(decoded('a=x+y%20z&Region&b=&c=1=2&&d=%E4%BD%A0'), { a: 'x y z', Region: '', b: '', c: '1=2', d: '你' });
  assert.deepEqual(decoded(''), {});
});

test('what is not percent-encoded UTF-8 and what stands twice is refused', () => {
  assert.match(reasonOf('a=%zz'), /percent/);
  assert.match(reasonOf('a=%ff'), /percent/);
  assert.match(reasonOf('a=%ed%a0%80'), /percent/);
  assert.match(reasonOf('a=1&b=2&%61=3'), /`a` is given twice/);
});

test('the number of pairs is bounded', () => {
  const text = Array.from({ length: 16_385 }, (_, index) => `${index}=`).join('&');
  assert.match(reasonOf(text), /more than 16384/);
});

test('dots nest names', () => {
  const nested = nestFlat([
    ['Filters.0.Name', 'n'],
    ['Filters.0.Values.10', 'v'],
    ['Limit', '1'],
  ]);
  const expected = new Map<string, unknown>([
    [
      'Filters',
      new Map([
        [
          '0',
          new Map<string, unknown>([
            ['Name', 'n'],
            ['Values', new Map([['10', 'v']])],
          ]),
        ],
      ]),
    ],
    ['Limit', '1'],
  ]);
  assert.deepEqual(nested, expected);
});

test('a name that is both value and parent, has empty parts or too many of them cannot be nested', () => {
  assert.deepEqual(
    nestFlat([
      ['a', '1'],
      ['a.0', '2'],
    ]),
    { misfit: 'a.0' },
  );
  assert.deepEqual(
    nestFlat([
      ['a.0', '2'],
      ['a', '1'],
    ]),
    { misfit: 'a' },
  );
  assert.deepEqual(nestFlat([['a..b', '2']]), { misfit: 'a..b' });
  assert.deepEqual(nestFlat([['.', '2']]), { misfit: '.' });
  assert.deepEqual(nestFlat([['1.2.3.4.5.6.7.8.9', '2']]), { misfit: '1.2.3.4.5.6.7.8.9' });
});
