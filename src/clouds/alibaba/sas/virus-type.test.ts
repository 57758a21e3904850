import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '#domain/finding.ts';
import { virusTypeOf, virusTypes } from './virus-type.ts';

function typeOf(name: string, tags: readonly string[] = [], more: Partial<Verdict> = {}): string {
  return virusTypeOf({ name, tags, severity: 'high', detections: [], ...more }, 'elf');
}

test('the name speaks first, in whatever way its parts are joined', () => {
  assert.deepEqual(
    ['Linux.Trojan.Mirai', 'Eicar.Test.File', 'Php.Webshell.Eval', 'HKTL_Tool', 'WEBSHELL_php_x', 'SUSP_Something', 'Ransom:Win32/X', 'CVE-2021-44228'].map(
      (name) => typeOf(name, ['botnet']),
    ),
    ['Trojan', 'Engtest', 'WebShell', 'Hacktool', 'WebShell', 'Suspicious', 'RansomWare', 'Exploit'],
  );
});

test('then the tags, then the kind of file and how bad it is', () => {
  assert.equal(typeOf('Something', ['x', 'Miner']), 'Miner');
  assert.equal(typeOf('Something'), 'Malware');
  assert.equal(typeOf('Something', [], { severity: 'medium' }), 'Suspicious');
  assert.equal(virusTypeOf({ name: 'constructor', tags: ['toString', '__proto__'], severity: 'high', detections: [] }, 'script'), 'MalScript');
});

test('every built-in rule has a type by its name or tags', () => {
  const folder = new URL('../../../../rules/', import.meta.url);
  const text = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const rules = [...text.matchAll(/^rule \w+ : ([^{]*)\{\s*meta:\s*name = "([^"]+)"/gm)];
  assert.ok(rules.length > 50, fileURLToPath(folder));
  const vague = new Set(['Malware', 'Suspicious', 'MalScript']);
  const untold = rules.filter(([, tags = '', name = '']) => vague.has(typeOf(name, tags.trim().split(/\s+/)))).map(([, , name]) => name);
  // What they find is a fact about a file, not a kind of malware.
  assert.deepEqual(untold, []);
  for (const type of rules.map(([, tags = '', name = '']) => typeOf(name, tags.trim().split(/\s+/))))
    assert.ok((virusTypes as readonly string[]).includes(type));
});
