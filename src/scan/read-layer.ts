import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LazaretError } from '#domain/error.ts';
import type { FileEntry } from '#domain/file-entry.ts';
import type { Layer } from '#domain/image.ts';
import { displayPath } from '#domain/path.ts';
import { decompress } from '#formats/decompress.ts';
import { TarReader, type TarSink } from '#formats/tar.ts';
import { Intake, type IntakeOptions } from './intake.ts';
import type { IntakeLayer } from './judging.ts';

export interface LayerReading extends Omit<IntakeOptions, 'layer'> {
  readonly layer: Layer;
  readonly target: IntakeLayer;
  /** Packed bytes read, called now and then. */
  onBytes(packed: number): void;
  /** The os-release text of this layer, when it has one. */
  onOsRelease(text: string): void;
}

/** What was counted in a layer; `whole` is false when a limit ended the reading early. */
export interface LayerCount {
  readonly files: number;
  readonly contents: number;
  readonly bytes: number;
  readonly inspected: number;
  /** Archives that were opened. */
  readonly opened: number;
  readonly whole: boolean;
  /** Keys of engines that gave up on a content: they have not looked at all of the layer. */
  readonly gaveUp: ReadonlySet<string>;
}

/**
 * Streams one layer through digest check, unpacking, tar and inspection.
 * @throws LazaretError 'corrupt', naming the layer, when its bytes do not have its digests or are no tar.
 */
export async function readLayer(blob: Readable, reading: LayerReading): Promise<LayerCount> {
  const { layer, limits, budget, signal } = reading;
  const packedDigest = createHash(algorithmOf(layer.digest));
  const unpackedDigest = createHash(algorithmOf(layer.diffId));
  const size: Size = { packed: 0, unpacked: 0 };
  const intake = new Intake({ ...reading, layer: reading.target });
  const sink = new LayerSink(intake, reading);
  const tar = new TarReader(sink, limits);
  let whole = true;
  try {
    for await (const chunk of decompress(counted(blob, packedDigest, size))) {
      signal.throwIfAborted();
      unpackedDigest.update(chunk);
      whole = takes(chunk.length, size, reading) && (await push({ tar, sink, intake }, chunk, (holes) => takes(holes, size, reading)));
      reading.onBytes(size.packed);
      if (!whole || budget.spent) {
        whole = false;
        break;
      }
    }
    if (whole) tar.end();
    await intake.drain();
  } catch (error) {
    // What lies before the damage is judged all the same.
    if (error instanceof LazaretError && !signal.aborted) await intake.drain().catch(() => undefined);
    throw named(error, layer);
  } finally {
    intake.close();
  }
  if (whole) {
    verify(packedDigest.digest('hex'), layer.digest, layer, layer.digest === layer.diffId);
    verify(unpackedDigest.digest('hex'), layer.diffId, layer, false);
  }
  const { files, bytes, leftOut } = sink;
  return { files, contents: intake.distinct.size, bytes, inspected: intake.inspected, opened: intake.opened, whole: whole && !leftOut, gaveUp: intake.gaveUp };
}

/** Bytes of a layer so far, as stored and as files. */
interface Size {
  packed: number;
  unpacked: number;
}

// False when the zeros in sparse files are over a limit, which `takes` tells.
async function push(
  into: { readonly tar: TarReader; readonly sink: LayerSink; readonly intake: Intake },
  chunk: Buffer,
  takesHoles: (bytes: number) => boolean,
): Promise<boolean> {
  const { tar, sink, intake } = into;
  await intake.settle();
  for (let rest = chunk; rest.length > 0 || tar.isBehind; ) {
    const before = tar.holeBytes;
    rest = rest.subarray(tar.write(rest));
    if (tar.holeBytes > before && !takesHoles(tar.holeBytes - before)) return false;
    if (sink.isFull()) await intake.settle();
    // A hole costs no reading, during which others would get their turn.
    if (tar.isBehind) await nextTurn();
  }
  return true;
}

async function* counted(blob: Readable, digest: ReturnType<typeof createHash>, size: Size): AsyncGenerator<Buffer> {
  for await (const chunk of blob) {
    digest.update(chunk as Buffer);
    size.packed += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
}

// Counts unpacked bytes; false when they are over a limit.
function takes(bytes: number, size: Size, { limits, budget, target }: LayerReading): boolean {
  size.unpacked += bytes;
  if (size.unpacked > limits.ratioGraceBytes && size.unpacked > size.packed * limits.layerRatio) {
    target.skips.add({
      path: '',
      layer: target.diffId,
      reason: `the layer unpacks to more than ${limits.layerRatio} times its size; the rest was not looked at`,
    });
    return false;
  }
  return budget.takeBytes(bytes);
}

function algorithmOf(digest: string): string {
  const name = digest.slice(0, digest.indexOf(':'));
  if (name !== 'sha256' && name !== 'sha384' && name !== 'sha512')
    throw new LazaretError('corrupt', `layer ${digest}: digests of the kind '${name}' are not supported`);
  return name;
}

// Where a source knows only the unpacked digest, the blob may still be packed, and then has a digest nobody stated.
function verify(found: string, stated: string, layer: Layer, optional: boolean): void {
  if (stated.slice(stated.indexOf(':') + 1) === found || optional) return;
  throw new LazaretError(
    'corrupt',
    `layer ${layer.digest}: its bytes have the digest ${stated.slice(0, stated.indexOf(':'))}:${found}, not ${stated}; the image is damaged or was tampered with`,
  );
}

function named(error: unknown, layer: Layer): unknown {
  if (!(error instanceof LazaretError) || error.message.startsWith('layer ')) return error;
  return new LazaretError(error.code, `layer ${layer.digest}: ${error.message}`, { cause: error });
}

const osReleasePaths = new Set(['etc/os-release', 'usr/lib/os-release']);

/** Sorts a tar's members: bodies to the intake, the rest to the inventory. */
class LayerSink implements TarSink {
  private readonly intake: Intake;
  private readonly reading: LayerReading;
  private osRelease: Buffer[] | undefined;
  files = 0;
  bytes = 0;
  /** Whether a link was one too many: the layer's inventory is not whole then. */
  leftOut = false;

  constructor(intake: Intake, reading: LayerReading) {
    this.intake = intake;
    this.reading = reading;
  }

  member(entry: FileEntry, ordinal: number): boolean {
    const { budget, target, recorder } = this.reading;
    if (!budget.takeEntry(entry.kind === 'hardlink')) {
      this.leftOut = true;
      return false;
    }
    if (entry.kind === 'file' || entry.kind === 'hardlink') this.files += 1;
    if (entry.kind !== 'file') {
      recorder.entry(target.id, { ...entry, ordinal, sha256: undefined });
      return false;
    }
    this.bytes = Math.min(Number.MAX_SAFE_INTEGER, this.bytes + entry.size);
    const isWanted = this.intake.begin({ entry, ordinal });
    if (isWanted && osReleasePaths.has(entry.path) && entry.size < 65_536) this.osRelease = [];
    return isWanted;
  }

  whole(bytes: Buffer): void {
    this.intake.whole(bytes);
    if (this.osRelease !== undefined) this.reading.onOsRelease(bytes.toString('utf8'));
    this.osRelease = undefined;
  }

  body(bytes: Buffer): void {
    this.intake.body(bytes);
    this.osRelease?.push(Buffer.from(bytes));
  }

  bodyEnd(): void {
    this.intake.end();
    if (this.osRelease !== undefined) this.reading.onOsRelease(Buffer.concat(this.osRelease).toString('utf8'));
    this.osRelease = undefined;
  }

  isFull(): boolean {
    return this.intake.isFull();
  }

  problem(path: string, reason: string): void {
    const { target } = this.reading;
    target.skips.add({ path: path === '' ? '' : displayPath(path), layer: target.diffId, reason });
  }
}
