import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineKinds } from '#domain/detection.ts';
import type { Digests } from '#domain/file-entry.ts';
import { severities } from '#domain/severity.ts';
import type { DigestEngine, Engine } from './engine.ts';

/** How the suite opens the engines under test. Every call opens them anew. */
export interface EngineSubject {
  readonly name: string;
  /** Engines of one fixed set of rules. */
  open(): Promise<readonly Engine[]>;
  /** The same number of engines, each with at least one rule changed. */
  openChanged(): Promise<readonly Engine[]>;
}

/** What a digest engine is asked in the suite. */
export interface DigestSubject {
  readonly name: string;
  open(): Promise<DigestEngine>;
  readonly listed: { readonly digests: Digests; readonly size: number };
  readonly unlisted: { readonly digests: Digests; readonly size: number };
  /** Whether `listed` is known to be good rather than malicious. */
  readonly allows: boolean;
}

/** What every engine must do. */
export function testEngine(subject: EngineSubject): void {
  describe(`${subject.name} as an engine`, () => {
    test('tells its name, kind, pack and fingerprint', async () => {
      for (const engine of await subject.open()) {
        assert.match(engine.name, /^[a-z][a-z-]*$/);
        assert.ok(engineKinds.includes(engine.kind));
        assert.notEqual(engine.pack, '');
        assert.match(engine.fingerprint, /^\S{16,}$/);
        if (engine.reads === 'bytes') assert.deepEqual(structuredClone(engine.recipe), engine.recipe, 'the recipe survives the way to another process');
      }
    });

    test('keeps its fingerprint when nothing changed', async () => {
      assert.deepEqual(fingerprints(await subject.open()), fingerprints(await subject.open()));
    });

    test('has another fingerprint when a rule changed', async () => {
      const [before, after] = [fingerprints(await subject.open()), fingerprints(await subject.openChanged())];
      assert.equal(after.length, before.length);
      for (const fingerprint of after) assert.ok(!before.includes(fingerprint));
    });

    test('shares its fingerprint with no other', async () => {
      const all = fingerprints(await subject.open());
      assert.equal(new Set(all).size, all.length);
    });
  });
}

/** What every engine that judges by digests must do. */
export function testDigestEngine(subject: DigestSubject): void {
  const { listed, unlisted } = subject;
  describe(`${subject.name} as an engine that reads digests`, () => {
    test('knows what is listed', async () => {
      const { detections, allowed } = (await subject.open()).lookup(listed.digests, listed.size);
      assert.equal(allowed, subject.allows);
      assert.equal(detections.length > 0, !subject.allows);
    });

    test('says nothing of what is not listed', async () => {
      assert.deepEqual((await subject.open()).lookup(unlisted.digests, unlisted.size), { detections: [], allowed: false });
    });

    test('answers the same question the same way', async () => {
      const engine = await subject.open();
      assert.deepEqual(engine.lookup(listed.digests, listed.size), engine.lookup(listed.digests, listed.size));
    });

    test('fills every field of a detection', async () => {
      const engine = await subject.open();
      for (const detection of engine.lookup(listed.digests, listed.size).detections) {
        assert.equal(detection.engine, engine.name);
        assert.equal(detection.kind, engine.kind);
        assert.equal(detection.pack, engine.pack);
        assert.ok(severities.includes(detection.severity));
        for (const text of [detection.rule, detection.name, detection.description.en, detection.description.zh]) assert.notEqual(text, '');
      }
    });

    test('works without SHA-1 unless it asks for it', async () => {
      const engine = await subject.open();
      const { sha256, md5 } = listed.digests;
      if (!engine.needsSha1) assert.deepEqual(engine.lookup({ sha256, md5 }, listed.size), engine.lookup(listed.digests, listed.size));
    });
  });
}

function fingerprints(engines: readonly Engine[]): string[] {
  assert.ok(engines.length > 0);
  return engines.map((engine) => engine.fingerprint);
}
