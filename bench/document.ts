import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Row, tableOf } from './result.ts';

/** What a section of docs/benchmarks.md is made of. */
export interface Measured {
  /** Of the rules; each has a section of its own. */
  readonly name: string;
  readonly command: string;
  readonly at: Date;
  readonly machine: readonly string[];
  /** Facts about tree, rules and runs. */
  readonly facts: readonly string[];
  readonly rows: readonly Row[];
}

const document = path.resolve(import.meta.dirname, '../docs/benchmarks.md');

/** Writes the page anew; sections of other rules stay as an earlier run wrote them. */
export async function writeDocument(measured: Measured): Promise<string> {
  const before = await readFile(document, 'utf8').catch(() => '');
  const sections = new Map([...before.matchAll(/^<!-- rules: (.*) -->\n[\s\S]*?^<!-- end -->\n/gm)].map((match) => [match[1] ?? '', match[0]]));
  sections.set(measured.name, sectionOf(measured));
  const ordered = [...sections].sort(([left], [right]) => Number(right === 'generated') - Number(left === 'generated') || (left < right ? -1 : 1));
  await writeFile(document, `${introduction}\n${ordered.map(([, text]) => text).join('\n')}`);
  return document;
}

function sectionOf({ name, command, at, machine, facts, rows }: Measured): string {
  const titles: Readonly<Record<string, string>> = { generated: 'Generated rules', lists: 'Calls that read, over a million findings' };
  const title = titles[name] ?? `Rules of ${name}`;
  const list = [...machine, ...facts].map((fact) => `- ${fact}`).join('\n');
  return `<!-- rules: ${name} -->\n## ${title}\n\nMeasured on ${at.toISOString().slice(0, 10)} by \`${command}\`:\n\n${list}\n\n${tableOf(rows)}\n<!-- end -->\n`;
}

const introduction = `# Benchmarks

\`npm run bench -- --write\` measures and rewrites this page; \`npm run bench -- --help\` tells what else it can do.
Times depend on the machine, ratios much less.

How to read the tables:

- A ratio is our time divided by the other's, so that less is better; for requests a second it is our rate divided by
  the other's, so that more is better. Numbers are medians of the runs, which alternate; memory is that of the
  hungriest run.
- \`cold scan\` is the whole command \`lazaret scan\` over an image whose one layer is packed with gzip, into a data
  directory that knows no content yet. Rules are compiled beforehand on both sides. The others get the same layer:
  \`tar x\` unpacks it into an empty folder and \`yara -C -w -N -r\` reads that folder with two threads and compiled rules.
  \`clamscan\` gets the same patterns as logical signatures and no other ones, and does not open archives or documents,
  since the others do not.
- The hits of a cold scan are compared with YARA's, rule by rule and path by path, in every run; the benchmark fails when
  they differ.
- \`same image again\` is the whole command once more with the same data directory.
- The image that shares 9 of 10 layers has ten layers of equal bytes; in the tenth layer every file is another
  content. It is compared with the first scan of the other image.
- Memory is the resident memory of all processes of a scan together, looked at every 40 ms, so that pages they share count
  more than once; the largest process follows.
- \`DescribeAssetImageVirusList\` is asked with signed requests over 16 connections that stay open, by a client in a
  process of its own, ten findings a page. The bare server is the least that \`node:http\` can do to answer the bytes of
  the first page; it checks no signature and looks nothing up. \`the same page\` asks for the first page over and over,
  \`pages in mixed order\` asks for the ten thousand pages in a shuffled order, as far as the time goes.
- \`reads …\` are all calls that read, over 1,000,000 findings in 20,000 images and over 10,000 findings in 200 images: fifty an image in
  both, since an account grows by images. Each call is made with 120 different requests (the number in brackets is of those that it
  did not refuse): filters with common, rare and absent values, every order, first, middle and last pages. Both servers are asked in turns, one
  request at a time, each three times, of which the median counts; twelve before the first do not count. Something is written before every request, so that
  no kept answer or total helps. Times are the server's processor time, by the system's account of its threads; the ratio is that of the
  99th percentiles.
`;
