import { hash } from 'node:crypto';
import type { Limits } from '#domain/limits.ts';
import type { ByteEngine, DigestEngine, Engine } from '#engines/engine.ts';

/** An engine with its place among the recipes that inspectors hold, and the fingerprint under which its verdicts are kept. */
export interface ByteMember {
  readonly engine: ByteEngine;
  readonly judge: number;
  readonly key: string;
}

export interface DigestMember {
  readonly engine: DigestEngine;
  readonly key: string;
}

/** The engines of a scan, sorted by what they need. Keys join an engine's fingerprint with the limits that change verdicts. */
export interface EngineSet {
  /** Judge a content by its bytes alone. */
  readonly byContent: readonly ByteMember[];
  /** Judge bytes at a place, since their rules read the path. */
  readonly byPlace: readonly ByteMember[];
  readonly byDigest: readonly DigestMember[];
  readonly contentKeys: readonly string[];
  readonly allKeys: readonly string[];
  readonly byteEngines: readonly ByteEngine[];
}

export function engineSet(engines: readonly Engine[], limits: Limits): EngineSet {
  const salt = hash(
    'sha256',
    JSON.stringify([limits.inspectBytes, limits.hashBytes, limits.pathBytes, limits.headerBytes, limits.engineSeconds, limits.fileSeconds]),
  );
  const key = (engine: Engine) => hash('sha256', `${engine.name}\n${engine.pack}\n${engine.fingerprint}\n${salt}`);
  const byteEngines = engines.filter((engine) => engine.reads === 'bytes');
  const byBytes = byteEngines.map((engine, judge) => ({ engine, judge, key: key(engine) }));
  const byDigest = engines.filter((engine) => engine.reads === 'digests').map((engine) => ({ engine, key: key(engine) }));
  const byContent = byBytes.filter((member) => !member.engine.readsPath);
  const byPlace = byBytes.filter((member) => member.engine.readsPath);
  const contentKeys = [...byContent, ...byDigest].map((member) => member.key);
  return { byContent, byPlace, byDigest, contentKeys, allKeys: [...contentKeys, ...byPlace.map((member) => member.key)], byteEngines };
}
