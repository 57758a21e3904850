import { hash } from 'node:crypto';
import type { Limits } from '#domain/limits.ts';
import type { ByteEngine, DigestEngine, Engine } from '#engines/engine.ts';
import { formatsFingerprint } from '#formats/index.ts';

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
  readonly opener: Opener;
}

/** What opens archives, as the store knows it: it looks at layers as engines do. */
export interface Opener {
  /** Under it members are kept: the formats and the limits that change what an archive gives. */
  readonly members: string;
  /** Under it an archive is kept of which everything inside was judged: also all engines. */
  readonly judged: string;
  /** With it a layer is marked of which all archives were opened: also how deep. */
  readonly layer: string;
  readonly depth: number;
  /** Findings inside archives that are listed. */
  readonly most: number;
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
  const allKeys = [...contentKeys, ...byPlace.map((member) => member.key)];
  return { byContent, byPlace, byDigest, contentKeys, allKeys, byteEngines, opener: openerOf(allKeys, limits) };
}

function openerOf(allKeys: readonly string[], limits: Limits): Opener {
  const { archiveEntries, archiveBytes, archiveRatio, ratioGraceBytes, pathBytes, headerBytes, hashBytes, archiveDepth } = limits;
  const digest = (...parts: readonly unknown[]): string => hash('sha256', JSON.stringify(parts));
  const members = digest(formatsFingerprint, archiveEntries, archiveBytes, archiveRatio, ratioGraceBytes, pathBytes, headerBytes, hashBytes);
  const judged = digest(members, limits.inspectBytes, allKeys.toSorted());
  return { members, judged, layer: digest(members, archiveDepth), depth: archiveDepth, most: limits.nestedFindings };
}
