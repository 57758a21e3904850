import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Backend } from './backend.ts';
import { openBackend } from './backends.ts';
import { kindBit, routeOf } from './kinds.ts';
import { listedFields } from './module-fields.ts';
import { hasNativeBackend } from './native.ts';

const variables = { filename: '', filepath: '', extension: '', filetype: '', owner: '' };

// Contents that a lenient reader could take for a program of the wrong kind.
function contents(): Buffer[] {
  const image = Buffer.alloc(1024);
  image.write('MZ', 0);
  image.writeUInt32LE(64, 60);
  image.write('PE\0\0', 64);
  image.writeUInt16LE(0x14c, 68);
  image.writeUInt16LE(1, 70);
  image.writeUInt16LE(224, 84);
  image.writeUInt16LE(0x10b, 88);
  const reversed = Buffer.from(image);
  reversed.write('ZM', 0);
  const moved = Buffer.concat([Buffer.from('  '), image]);
  const elf = Buffer.concat([Buffer.from('7f454c4602010100000000000000000002003e0001000000', 'hex'), Buffer.alloc(200)]);
  const lateElf = Buffer.concat([Buffer.from([0]), elf]);
  const lnk = Buffer.from(`4c0000000114020000000000c000000000000046${'00'.repeat(200)}`, 'hex');
  const macho = Buffer.from(`cffaedfe07000001030000000200000001000000480000000000000000000000${'00'.repeat(100)}`, 'hex');
  const fat = Buffer.from(`cafebabe00000001${'00'.repeat(100)}`, 'hex');
  return [
    image,
    reversed,
    moved,
    elf,
    lateElf,
    lnk,
    macho,
    fat,
    Buffer.alloc(0),
    Buffer.alloc(600),
    Buffer.from('plain text '.repeat(60)),
    Buffer.from('PE\0\0'),
  ];
}

const fieldExpressions: Readonly<Record<string, string>> = {
  imphash: 'imphash()',
  exports_index: 'exports_index("a")',
  section_index: 'section_index("a")',
  sections: 'sections[0].name',
  signatures: 'signatures[0].issuer',
  version_info: 'version_info["a"]',
  is_dll: 'is_dll()',
  is_32bit: 'is_32bit()',
  is_64bit: 'is_64bit()',
  linker_version: 'linker_version.major',
  calculate_checksum: 'calculate_checksum()',
  overlay: 'overlay.size',
  import_rva: 'import_rva("a", "b")',
  delayed_import_rva: 'delayed_import_rva("a", "b")',
  rva_to_offset: 'rva_to_offset(1)',
  exports: 'exports("a")',
  imports: 'imports("a")',
  locale: 'locale(1)',
  language: 'language(1)',
  telfhash: 'telfhash()',
  assembly: 'assembly.name',
  streams: 'streams[0].name',
  guids: 'guids[0]',
  user_strings: 'user_strings[0]',
  dylib_hash: 'dylib_hash()',
  has_dylib: 'has_dylib("a")',
};

function tryFields(backend: Backend): void {
  const modules = [...new Set(listedFields().map(({ module }) => module))].map((module) => `import "${module}"\n`).join('');
  const fields = listedFields().map((each, index) => {
    const field = `${each.module}.${fieldExpressions[each.field] ?? each.field}`;
    return { ...each, name: `r${index}`, rule: `rule r${index} { condition: ${each.whenElsewhere === 'undefined' ? 'defined ' : ''}${field} }\n` };
  });
  const source = modules + fields.map(({ rule }) => rule).join('');
  assert.deepEqual(backend.validate(source), []);
  const scanner = backend.load(backend.compile([{ namespace: 'n', source }]).bytes, { timeoutMs: 10_000, matchesPerPattern: 100 });
  const all = contents();
  let matched = 0;
  for (const content of all) {
    for (const { rule } of scanner.scan(content, variables)) {
      const field = fields.find(({ name }) => name === rule);
      assert.ok(field !== undefined);
      matched++;
      assert.ok((field.kinds & kindBit[routeOf(content)]) !== 0, `${field.module}.${field.field} on ${content.toString('hex', 0, 8)}`);
    }
  }
  assert.ok(matched > 30, 'no module has read its own kind');
}

test('listed module fields have no value on other kinds of content, with the native build', {
  skip: hasNativeBackend() ? false : 'the native addon is not installed for this machine',
}, () => {
  tryFields(openBackend('native'));
});

test('listed module fields have no value on other kinds of content, with the wasm build', () => {
  tryFields(openBackend('wasm'));
});
