import type { YaraRecipe } from '../engine.ts';
import type { Backend } from './backend.ts';
import { hasNativeBackend, nativeBackend } from './native.ts';
import { wasmBackend } from './wasm.ts';

/** The backend of that name. @throws LazaretError internal when this machine cannot run it. */
export function openBackend(name: YaraRecipe['backend']): Backend {
  return name === 'native' ? nativeBackend() : wasmBackend();
}

/** The fastest backend that this machine can run. */
export function openBestBackend(): Backend {
  return hasNativeBackend() ? nativeBackend() : wasmBackend();
}
