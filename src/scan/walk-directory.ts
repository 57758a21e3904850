import { closeSync, constants, existsSync, fstatSync, lstatSync, opendirSync, openSync, readSync, type Stats, statfsSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileEntry } from '#domain/file-entry.ts';
import { displayPath } from '#domain/path.ts';
import { Intake, type IntakeOptions } from './intake.ts';
import type { IntakeLayer } from './judging.ts';
import type { LayerCount } from './read-layer.ts';

export interface DirectoryWalk extends Omit<IntakeOptions, 'layer'> {
  readonly root: string;
  readonly target: IntakeLayer;
  onFiles(files: number, bytes: number): void;
  onOsRelease(text: string): void;
}

/** Walks a tree on disk, never through a symbolic link, and takes in every regular file. What cannot be read is skipped with its reason. */
export async function walkDirectory(walk: DirectoryWalk): Promise<LayerCount> {
  const intake = new Intake({ ...walk, layer: walk.target });
  const walker = new Walker(walk, intake);
  try {
    await walker.run();
    await intake.drain();
  } finally {
    intake.close();
  }
  return {
    files: walker.files,
    contents: intake.distinct.size,
    bytes: walker.bytes,
    inspected: intake.inspected,
    opened: intake.opened,
    whole: !walk.budget.spent,
    gaveUp: intake.gaveUp,
  };
}

// File systems that hold no files but the kernel's view of things (numbers from statfs(2)).
const pseudo = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0xcafe4a11, 'bpf'],
  [0x1cd1, 'devpts'],
]);

const chunkBytes = 1024 * 1024;
/** How long the walk may keep others from their turn, ms. */
const turnMs = 20;

/** A directory to go into, as it was when it was listed. */
interface Folder {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

class Walker {
  private readonly walk: DirectoryWalk;
  private readonly intake: Intake;
  private readonly root: Buffer;
  private readonly chunk = Buffer.allocUnsafeSlow(chunkBytes);
  private ordinal = 0;
  private turn = performance.now();
  files = 0;
  bytes = 0;

  constructor(walk: DirectoryWalk, intake: Intake) {
    this.walk = walk;
    this.intake = intake;
    this.root = Buffer.from(walk.root);
  }

  async run(): Promise<void> {
    await this.intake.settle();
    const { dev: device, ino: inode } = statSync(this.root);
    const waiting: Folder[] = this.isPseudo('') ? [] : [{ path: '', device, inode }];
    for (let next = waiting.pop(); next !== undefined && !this.walk.budget.spent; next = waiting.pop()) {
      const fd = this.openFolder(next);
      if (fd === undefined) continue;
      try {
        for (const folder of await this.visitAll(next, fd)) waiting.push(folder);
      } finally {
        closeSync(fd);
      }
    }
  }

  // Names are looked up below the open directory: nobody can put a symbolic link in the place of a directory above them.
  private async visitAll(folder: Folder, fd: number): Promise<Folder[]> {
    const below: Folder[] = [];
    const base = hasDescriptors ? Buffer.from(`/proc/self/fd/${fd}/`) : Buffer.concat([this.onDisk(folder.path), Buffer.from('/')]);
    for (const name of this.namesIn(folder.path, base)) {
      await this.breathe();
      const found = await this.visit(folder, name, Buffer.concat([base, Buffer.from(name, 'latin1')]));
      if (found !== undefined) below.push(found);
      if (this.walk.budget.spent) break;
    }
    return below;
  }

  // Reading a disk that is cached never waits by itself.
  private async breathe(): Promise<void> {
    this.walk.signal.throwIfAborted();
    if (performance.now() - this.turn < turnMs) return;
    await nextTurn();
    this.turn = performance.now();
    this.walk.signal.throwIfAborted();
  }

  private onDisk(path: string): Buffer {
    return Buffer.concat([this.root, Buffer.from(`/${path}`, 'latin1')]);
  }

  private openFolder({ path, device, inode }: Folder): number | undefined {
    try {
      const fd = openSync(this.onDisk(path), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
      const stats = fstatSync(fd);
      if (stats.dev === device && stats.ino === inode) return fd;
      closeSync(fd);
      this.skip(path, replaced);
    } catch (error) {
      this.skip(path, reasonOf(error));
    }
    return undefined;
  }

  // Sorted, so that two walks of the same tree come to the same report. More names than entries are allowed are not even held.
  private namesIn(path: string, onDisk: Buffer): readonly string[] {
    const names: string[] = [];
    try {
      const directory = opendirSync(onDisk, { encoding: 'latin1' as 'utf8' });
      try {
        for (let entry = directory.readSync(); entry !== null && names.length <= this.walk.limits.imageEntries; entry = directory.readSync())
          names.push(entry.name);
      } finally {
        directory.closeSync();
      }
    } catch (error) {
      this.skip(path, reasonOf(error));
    }
    return names.toSorted();
  }

  // A directory to go into; undefined for anything else.
  private async visit(folder: Folder, name: string, onDisk: Buffer): Promise<Folder | undefined> {
    const path = folder.path === '' ? name : `${folder.path}/${name}`;
    try {
      const stats = lstatSync(onDisk);
      if (!this.walk.budget.takeEntry(false)) return undefined;
      if (stats.isFile()) await this.readFile(path, onDisk);
      const isMount = stats.dev !== folder.device;
      if (stats.isDirectory() && !(isMount && this.isPseudo(path))) return { path, device: stats.dev, inode: stats.ino };
    } catch (error) {
      if (this.walk.signal.aborted || !isFileError(error)) throw error;
      this.intake.drop();
      this.skip(path, reasonOf(error));
    }
    return undefined;
  }

  private isPseudo(path: string): boolean {
    const name = pseudo.get(statfsSync(this.onDisk(path)).type);
    if (name !== undefined) this.skip(path, `a ${name} file system holds no files`);
    return name !== undefined;
  }

  // O_NOFOLLOW and the second stat: the file may have been replaced since it was listed. O_NONBLOCK: it may be a FIFO by now.
  private async readFile(path: string, onDisk: Buffer): Promise<void> {
    const fd = openSync(onDisk, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) return this.skip(path, replaced);
      // What is too large to be read costs nothing.
      if (stats.size <= this.walk.limits.hashBytes && !this.walk.budget.takeBytes(stats.size)) return;
      const ordinal = this.ordinal;
      this.ordinal += 1;
      this.files += 1;
      this.bytes = Math.min(Number.MAX_SAFE_INTEGER, this.bytes + stats.size);
      if (this.intake.begin({ entry: entryOf(path, stats), ordinal })) await this.take(fd, { path, size: stats.size });
      this.walk.onFiles(this.files, this.bytes);
    } finally {
      closeSync(fd);
    }
  }

  // Up to the size it had when it was opened; what is added meanwhile belongs to the next scan.
  private async take(fd: number, file: { readonly path: string; readonly size: number }): Promise<void> {
    const { path, size } = file;
    let done = 0;
    let isWhole = size === 0;
    if (isWhole) this.intake.whole(Buffer.alloc(0));
    while (done < size) {
      if (this.intake.isFull()) await this.intake.settle();
      const count = readSync(fd, this.chunk, 0, Math.min(chunkBytes, size - done), done);
      if (count === 0) break;
      const bytes = this.chunk.subarray(0, count);
      done += count;
      isWhole = count === size;
      if (isWhole && isOsRelease(path)) this.walk.onOsRelease(bytes.toString('utf8'));
      if (isWhole) this.intake.whole(bytes);
      else this.intake.body(bytes);
      await this.breathe();
    }
    if (!isWhole) this.intake.end();
    if (done < size) this.skip(path, 'it became shorter while it was read');
    if (this.intake.isFull()) await this.intake.settle();
  }

  private skip(path: string, reason: string): void {
    this.walk.target.skips.add({ path: displayPath(path), layer: this.walk.target.diffId, reason });
  }
}

const hasDescriptors = existsSync('/proc/self/fd');
const replaced = 'it was removed or replaced while the directory was read';

function isOsRelease(path: string): boolean {
  return path === 'etc/os-release' || path === 'usr/lib/os-release';
}

function entryOf(path: string, stats: Stats): FileEntry {
  return { path, kind: 'file', size: stats.size, mode: stats.mode & 0o7777, mtime: Math.trunc(stats.mtimeMs / 1000), uid: stats.uid, gid: stats.gid, link: '' };
}

function isFileError(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === 'string' && 'syscall' in (error as object);
}

function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENXIO') return replaced;
  return `it cannot be read (${String(code)})`;
}
