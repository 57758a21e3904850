import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import openAssembler from 'wabt';
import { root } from './tree.ts';

const folder = join(root, 'src/engines/yara');
export const assembledPath = join(folder, 'group-search.wasm');

/** The WebAssembly of the text that stands beside it. */
export async function assemble(): Promise<Uint8Array> {
  const assembler = await openAssembler();
  const parsed = assembler.parseWat('group-search.wat', await readFile(join(folder, 'group-search.wat'), 'utf8'));
  try {
    parsed.resolveNames();
    parsed.validate();
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}
