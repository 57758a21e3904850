import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { createRandom, type Random } from './random.ts';
import type { Family, Rule } from './rules/generate.ts';
import { bytesOf } from './rules/pattern.ts';

/** Of this many rules one is planted. */
const plantedStep = 20;

/** The rules that `plantSamples` plants files for. */
export function plantedRules(rules: readonly Rule[]): readonly Rule[] {
  return rules.filter((_, number) => number % plantedStep === 0);
}

/**
 * Plants harmless files that some of the rules match, in fixed places of a tree: programs, scripts, text, archives and
 * other files. No program of them runs: an ELF header with nothing to load, scripts that leave at once.
 */
export async function plantSamples(root: string, rules: readonly Rule[]): Promise<void> {
  const random = createRandom(0x5a3b1e);
  for (const [index, rule] of plantedRules(rules).entries()) {
    for (const [name, bytes] of samplesOf(rule, index, random)) await plant(root, name, bytes);
  }
  await plantOddPlaces(root, rules, random);
}

// Names that are awkward to print, equal contents at two places and two names of one file.
async function plantOddPlaces(root: string, rules: readonly Rule[], random: Random): Promise<void> {
  const web = rules.find(({ family }) => family === 'web');
  if (web === undefined) return;
  const bytes = scriptOf(web, random);
  await plant(root, 'srv/bench/a name with spaces.php', bytes);
  await plant(root, 'srv/bench/größe-样本.php', bytes);
  await link(path.join(root, 'srv/bench/a name with spaces.php'), path.join(root, 'srv/bench/linked.php'));
}

async function plant(root: string, name: string, bytes: Buffer): Promise<void> {
  const file = path.join(root, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes, { mode: 0o644 });
}

type Sample = readonly [name: string, bytes: Buffer];

const makers: Readonly<Record<Family, (rule: Rule, index: number, random: Random) => readonly Sample[]>> = {
  code: (rule, index, random) => {
    // Some deep inside a larger file, some outside any program.
    const filler = index % 5 === 0 ? 1_000_000 : random.between(100, 60_000);
    if (index % 4 === 3) return [[`opt/bench/blob-${index}.bin`, Buffer.concat([random.bytes(64), zeros(filler), joined(rule, random, 16)])]];
    return [[`usr/local/lib/bench/code-${index}.so`, Buffer.concat([elfHeader(), zeros(filler), joined(rule, random, 16)])]];
  },
  elf: (rule, index, random) => [[`usr/local/bin/bench-${index}`, Buffer.concat([elfHeader(), zeros(random.between(100, 60_000)), joined(rule, random, 16)])]],
  text: (rule, index, random) => [
    [`usr/share/doc/bench/notes-${index}.txt`, textOf(rule, random, 'These lines are here to be found.\n')],
    [`usr/local/sbin/bench-${index}.sh`, textOf(rule, random, '#!/bin/sh\nexit 0\n')],
  ],
  web: (rule, index, random) => [[`var/www/html/bench-${index}.php`, scriptOf(rule, random)]],
  archive: (rule, index, random) => [[`opt/bench/archive-${index}.jar`, storedZip('member.bin', Buffer.concat([zeros(200), joined(rule, random, 16)]))]],
};

function samplesOf(rule: Rule, index: number, random: Random): readonly Sample[] {
  return makers[rule.family](rule, index, random);
}

function scriptOf(rule: Rule, random: Random): Buffer {
  return textOf(rule, random, '<?php exit; ?>\n');
}

function textOf(rule: Rule, random: Random, head: string): Buffer {
  const lines = rule.patterns.flatMap((pattern) => [Buffer.from('\n# '), bytesOf(pattern, random), Buffer.from('\n')]);
  return Buffer.concat([Buffer.from(head), ...lines]);
}

function joined(rule: Rule, random: Random, gap: number): Buffer {
  return Buffer.concat(rule.patterns.flatMap((pattern) => [zeros(gap), bytesOf(pattern, random), zeros(gap)]));
}

// The head of a 64-bit program for x86-64 without a single segment, so that no system loads it.
function elfHeader(): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  return header;
}

/** A zip file with one member that is not packed, so that its bytes stand in the file as they are. */
function storedZip(name: string, body: Buffer): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt32LE(crc32(body), 10);
  common.writeUInt32LE(body.length, 14);
  common.writeUInt32LE(body.length, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), body]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

function zeros(size: number): Buffer {
  return Buffer.alloc(size);
}
