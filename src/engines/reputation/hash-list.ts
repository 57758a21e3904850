import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { Detection, Text } from '#domain/detection.ts';
import type { Digests } from '#domain/file-entry.ts';
import { severities } from '#domain/severity.ts';
import type { DigestEngine } from '../engine.ts';
import { DigestTable, type ListedDigest } from './digest-table.ts';
import { formatOf, type ListFormat, parseLine } from './list-format.ts';
import { NameTable } from './name-table.ts';
import { longestLine, readLines } from './read-lines.ts';

/** Something in a list that was left out. */
export interface ListProblem {
  readonly file: string;
  /** From 1; 0 when the whole file is meant. */
  readonly line: number;
  readonly message: string;
}

/** A list file as an engine. */
export interface HashList {
  readonly engine: DigestEngine;
  /** Lines that list a digest. */
  readonly entries: number;
  readonly problems: readonly ListProblem[];
}

/** Changes whenever this code would judge by the same file otherwise. */
const judgingVersion = 1;
/** Problems that one file may report; the rest are counted. */
const reportedProblems = 100;
const fallbackName = 'Reputation.Malware.Hash';
const advice: Text = {
  en: 'Compare the hash with the list it comes from. If the file is malicious, remove it, rebuild the image from a clean base and look for what brought it there.',
  zh: '请核对该哈希所属的名单。若确认为恶意文件，请删除该文件，基于干净的基础镜像重新构建，并排查其来源。',
};

/**
 * Reads one list file. Lines that cannot be read are reported and left out.
 * @param file a readable regular file.
 * @returns undefined for a file that is known by its extension to be no hash list.
 */
export async function openHashList(file: string, signal: AbortSignal): Promise<HashList | undefined> {
  const format = formatOf(extname(file));
  if (format === undefined) return undefined;
  const handle = await open(file, 'r');
  try {
    return await readHashList(file, handle, { format, signal });
  } finally {
    await handle.close();
  }
}

async function readHashList(
  file: string,
  handle: FileHandle,
  { format, signal }: { readonly format: ListFormat; readonly signal: AbortSignal },
): Promise<HashList> {
  const pack = basename(file);
  const content = new ListContent();
  const problems = new Problems(file);
  const hash = createHash('sha256').update(JSON.stringify(['reputation', judgingVersion, format.syntax, format.allows, pack]));
  const onLine = (line: string | undefined, number: number) => {
    const parsed = line === undefined ? `the line has more than ${longestLine} bytes` : parseLine(line, format);
    if (typeof parsed === 'string') problems.add(number, parsed);
    else if (parsed !== undefined) content.add(parsed);
  };
  await readLines(handle, { hash, onLine, signal });
  content.seal();
  const engine = digestEngine(content, { pack, fingerprint: `reputation:${hash.digest('hex')}`, allows: format.allows });
  return { engine, entries: content.entries, problems: problems.list() };
}

/** All a list says, in few large buffers. */
class ListContent {
  readonly #tables = { md5: new DigestTable(16), sha1: new DigestTable(20), sha256: new DigestTable(32) };
  readonly #names = new NameTable();
  readonly #scratch = Buffer.alloc(32);

  get entries(): number {
    return this.#tables.md5.length + this.#tables.sha1.length + this.#tables.sha256.length;
  }

  get hasSha1(): boolean {
    return this.#tables.sha1.length > 0;
  }

  add({ hash, size, name, severity }: Exclude<ReturnType<typeof parseLine>, string | undefined>): void {
    const table = hash.length === 32 ? this.#tables.md5 : hash.length === 40 ? this.#tables.sha1 : this.#tables.sha256;
    this.#scratch.write(hash, 'hex');
    table.add(this.#scratch, { size, name: this.#names.add(name), severity: severities.indexOf(severity) });
  }

  seal(): void {
    for (const table of Object.values(this.#tables)) table.seal();
    this.#names.seal();
  }

  /** The entry of the strongest digest that is listed, with that digest. */
  find({ sha256, sha1, md5 }: Digests, size: number): (ListedDigest & { readonly hash: string }) | undefined {
    const tables = this.#tables;
    return findIn(tables.sha256, sha256, size) ?? (sha1 === undefined ? undefined : findIn(tables.sha1, sha1, size)) ?? findIn(tables.md5, md5, size);
  }

  nameOf(listed: ListedDigest): string {
    return this.#names.read(listed.name);
  }
}

function findIn(table: DigestTable, hash: string, size: number): (ListedDigest & { readonly hash: string }) | undefined {
  if (table.length === 0) return undefined;
  const listed = table.find(Buffer.from(hash, 'hex'), size);
  return listed && { ...listed, hash };
}

class Problems {
  readonly #file: string;
  readonly #first: ListProblem[] = [];
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  add(line: number, message: string): void {
    this.#count++;
    if (this.#first.length < reportedProblems) this.#first.push({ file: this.#file, line, message });
  }

  list(): readonly ListProblem[] {
    const more = this.#count - this.#first.length;
    return more === 0 ? this.#first : [...this.#first, { file: this.#file, line: 0, message: `${more} more lines were left out` }];
  }
}

function digestEngine(
  content: ListContent,
  { pack, fingerprint, allows }: { readonly pack: string; readonly fingerprint: string; readonly allows: boolean },
): DigestEngine {
  const nothing = { detections: [], allowed: false };
  const allowed = { detections: [], allowed: true };
  return {
    name: 'reputation',
    kind: 'reputation',
    pack,
    fingerprint,
    reads: 'digests',
    needsSha1: content.hasSha1,
    lookup(digests, size) {
      const listed = content.find(digests, size);
      if (listed === undefined) return nothing;
      return allows ? allowed : { detections: [detection(listed, content.nameOf(listed), pack)], allowed: false };
    },
  };
}

function detection(listed: ListedDigest & { readonly hash: string }, name: string, pack: string): Detection {
  return {
    engine: 'reputation',
    kind: 'reputation',
    rule: listed.hash,
    pack,
    name: name === '' ? fallbackName : name,
    severity: severities[listed.severity] ?? 'high',
    tags: [],
    author: '',
    reference: '',
    licence: '',
    description: {
      en: `The file's hash is on the list ${pack} of known malicious files.`,
      zh: `该文件的哈希值在已知恶意文件名单 ${pack} 中。`,
    },
    advice,
  };
}
