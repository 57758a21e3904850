import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { controlClass, holdsAny } from './byte-class.ts';

test('members are found wherever they stand, and nothing else is', () => {
  const members = controlClass((byte) => byte === 0 || byte === 0x1f || byte === 0x7f);
  const byte = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0x0a, 0x20, 0x41, 0x7e, 0x80, 0xff) }, { weight: 1, arbitrary: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 60 }), fc.nat({ max: 7 }), fc.nat({ max: 70 }), (all, shift, end) => {
      const bytes = Buffer.from([...new Array<number>(shift).fill(0), ...all]).subarray(shift);
      assert.equal(
        holdsAny(bytes, members, end),
        all.slice(0, end).some((each) => members[each] === 1),
      );
    }),
    { numRuns: 2000 },
  );
});

test('a class holds control characters only', () => assert.throws(() => controlClass((byte) => byte === 0x41), RangeError));
