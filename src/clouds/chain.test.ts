import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChain } from './chain.ts';
import type { Refusal } from './refusal.ts';

const no: Refusal = { refused: 'No', message: { en: 'no', zh: '不' } };

test('a chain hands each step what the one before it gave', async () => {
  const chain = startChain<number>()
    .add('double', (value) => value * 2)
    .add('text', async (value) => `${value}!`);
  assert.deepEqual(chain.names, ['double', 'text']);
  assert.equal(await chain.run(4), '8!');
});

test('the first refusal ends a chain, whether it comes at once or later', async () => {
  let reached = 0;
  for (const refuse of [() => no, async () => no]) {
    const chain = startChain<number>()
      .add('refuse', refuse)
      .add('count', () => ++reached);
    assert.equal(await chain.run(1), no);
  }
  assert.equal(reached, 0);
});

test('adding a step leaves the chain it was added to as it was', async () => {
  const base = startChain<number>().add('one', (value) => value + 1);
  base.add('two', (value) => value + 1);
  assert.deepEqual(base.names, ['one']);
  assert.equal(await base.run(0), 1);
});
