import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { LazaretError } from '#domain/error.ts';
import type { Image } from '#domain/image.ts';
import type { Artifact, ArtifactSource, ImageArtifact, OpenOptions, SourceKind } from './source.ts';

/** What one member of the family is tried with; made anew for every test. */
export interface SourceFixture {
  readonly source: ArtifactSource;
  /** Kind the opened artifact must have. */
  readonly kind: SourceKind;
  /** A reference to an image of at least two layers, or to a directory. */
  readonly reference: string;
  /** What opening it must give, without `reference`. */
  readonly image: Omit<Image, 'reference'>;
  /** A reference of the same kind to something that does not exist. */
  readonly missing: string;
}

/** Options as a scan without special wishes has them. */
export function plainOptions(overrides: Partial<OpenOptions> = {}): OpenOptions {
  return { platform: 'linux/amd64', insecure: false, manifestBytes: 4 * 1024 * 1024, signal: new AbortController().signal, ...overrides };
}

/** The suite that every source of artifacts passes. */
export function testArtifactSource(name: string, prepare: (context: TestContext) => Promise<SourceFixture>): void {
  describe(`${name} keeps the contract of a source`, () => {
    test('it recognizes its own references', async (t) => {
      const { source, reference } = await prepare(t);
      assert.equal(await source.matches(reference), true);
      assert.equal(await source.matches(''), false);
    });

    test('it describes the artifact', async (t) => {
      const fixture = await prepare(t);
      const artifact = await open(t, fixture);
      assert.equal(artifact.kind, fixture.kind);
      const { reference, ...image } = artifact.image;
      assert.notEqual(reference, '');
      assert.deepEqual(image, fixture.image);
    });

    test('every layer has the bytes its digest names, in any order and again', async (t) => {
      const artifact = await openImage(t, await prepare(t));
      if (artifact === undefined) return;
      const { layers } = artifact.image;
      for (const layer of [...layers, ...layers.toReversed(), ...layers.slice(0, 1)]) {
        assert.deepEqual(await measure(await artifact.openLayer(layer, new AbortController().signal)), { digest: layer.digest, size: layer.size });
      }
    });

    test('layers may be read at the same time, and left in the middle', async (t) => {
      const artifact = await openImage(t, await prepare(t));
      if (artifact === undefined) return;
      const { signal } = new AbortController();
      const layers = [...artifact.image.layers, ...artifact.image.layers];
      const [first] = layers;
      if (first !== undefined) (await artifact.openLayer(first, signal)).destroy();
      const measured = await Promise.all(layers.map(async (layer) => measure(await artifact.openLayer(layer, signal))));
      assert.deepEqual(
        measured.map((each) => each.digest),
        layers.map((layer) => layer.digest),
      );
    });

    test('what does not exist is reported as such', async (t) => {
      const { source, missing } = await prepare(t);
      await assert.rejects(
        source.open(missing, plainOptions()),
        (error) => error instanceof LazaretError && error.code === 'not-found' && error.message.length > 10,
      );
    });

    test('a signal that is set stops a layer', async (t) => {
      const artifact = await openImage(t, await prepare(t));
      if (artifact === undefined) return;
      const stopped = AbortSignal.abort();
      for (const layer of artifact.image.layers) {
        await assert.rejects(
          async () => text(await artifact.openLayer(layer, stopped)),
          (error) => error instanceof LazaretError && error.code === 'cancelled',
        );
      }
    });

    test('it may be closed twice', async (t) => {
      const artifact = await open(t, await prepare(t));
      await artifact.close();
      await artifact.close();
    });
  });
}

/** Digest and size of a stream's bytes. */
export async function measure(stream: Readable): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

async function open(context: TestContext, fixture: SourceFixture): Promise<Artifact> {
  const artifact = await fixture.source.open(fixture.reference, plainOptions());
  context.after(() => artifact.close());
  return artifact;
}

async function openImage(context: TestContext, fixture: SourceFixture): Promise<ImageArtifact | undefined> {
  const artifact = await open(context, fixture);
  if ('openLayer' in artifact) return artifact;
  context.diagnostic('a directory has no layers');
  return undefined;
}
