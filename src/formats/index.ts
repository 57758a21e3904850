import { bzip2 } from './bzip2.ts';
import { rar, sevenZip } from './closed.ts';
import { deb } from './deb.ts';
import { type ByteSource, type Format, headBytes } from './format.ts';
import { gzip } from './gzip.ts';
import { tar } from './tar-archive.ts';
import { xz } from './xz.ts';
import { zip } from './zip.ts';
import { zstd } from './zstd.ts';

/** All kinds of archives, in the order in which they are asked. zip is last, since it also looks at the end. */
export const formats: readonly Format[] = [gzip, xz, zstd, deb, bzip2, sevenZip, rar, tar, zip];

/** Changes whenever the same archive could give other members than before. */
export const formatsFingerprint = 'formats 3';

/** The kind of archive that bytes are; undefined for none. */
export function recognise(source: ByteSource): Format | undefined {
  const head = source.read(0, headBytes);
  return head.length < 4 ? undefined : formats.find((format) => format.recognise(head, source));
}
