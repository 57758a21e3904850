import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheDirectory, dataDirectory, hasColour, isDebug } from './settings.ts';

const home = { HOME: '/home/someone' };

for (const [given, env, expected] of [
  ['data', { LAZARET_DATA: '/other', ...home }, '/start/data'],
  ['/data', {}, '/data'],
  [undefined, { LAZARET_DATA: '/env', XDG_DATA_HOME: '/xdg', ...home }, '/env'],
  [undefined, { LAZARET_DATA: 'relative', ...home }, '/start/relative'],
  [undefined, { LAZARET_DATA: '', XDG_DATA_HOME: '/xdg', ...home }, '/xdg/lazaret'],
  [undefined, { XDG_DATA_HOME: 'relative', ...home }, '/home/someone/.local/share/lazaret'],
  [undefined, home, '/home/someone/.local/share/lazaret'],
] as const) {
  test(`--data ${given ?? 'not given'} and ${JSON.stringify(env)} mean ${expected}`, () =>
    assert.equal(dataDirectory(given, { env, cwd: '/start' }), expected));
}

test('the cache lies in the data directory', () => assert.equal(cacheDirectory('/data'), '/data/cache'));

test('colours need a terminal that has them and a user who wants them', () => {
  assert.equal(hasColour({ env: {}, outputIsTerminal: true }), true);
  assert.equal(hasColour({ env: { NO_COLOR: '' }, outputIsTerminal: true }), true);
  assert.equal(hasColour({ env: { NO_COLOR: '1' }, outputIsTerminal: true }), false);
  assert.equal(hasColour({ env: { TERM: 'dumb' }, outputIsTerminal: true }), false);
  assert.equal(hasColour({ env: {}, outputIsTerminal: false }), false);
});

test('debugging is asked for by any value', () => {
  assert.equal(isDebug({}), false);
  assert.equal(isDebug({ LAZARET_DEBUG: '' }), false);
  assert.equal(isDebug({ LAZARET_DEBUG: '1' }), true);
});
