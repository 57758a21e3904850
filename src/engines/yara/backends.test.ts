import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testBackend, testTimeout } from './backend-contract.ts';
import { openBackend, openBestBackend } from './backends.ts';
import { hasNativeBackend } from './native.ts';

const skipNative = hasNativeBackend() ? false : 'the native addon is not installed for this machine';

testBackend('native', () => openBackend('native'), skipNative);
testTimeout('native', () => openBackend('native'), skipNative);
testBackend('wasm', () => openBackend('wasm'), false);

test('the native build is preferred where it is installed', { skip: skipNative }, () => {
  assert.equal(openBestBackend().name, 'native');
});
