import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openGround } from '../../test/support/scanning.ts';
import { type Member, type OpenMembers, scanArchive } from './scan-archive.ts';
import type { Body } from './scan-file.ts';

function bodyOf(text: string): Body {
  const bytes = Buffer.from(text);
  return { size: bytes.length, pieces: () => [bytes] };
}

const giving = (...members: readonly (readonly [string, string] | string)[]): OpenMembers =>
  async function* () {
    for (const member of members) yield typeof member === 'string' ? { skipped: member } : ({ path: member[0], body: bodyOf(member[1]) } satisfies Member);
  };

test('an archive is as bad as its worst member, and each member is told', async (t) => {
  const ground = await openGround(t);
  const open = giving(['a', 'clean'], ['in.zip!/b', 'EVIL'], 'c is encrypted', ['d', 'clean too']);
  const { result, members } = await scanArchive(bodyOf('PK'), '/file', ground, { bounds: { layers: 2, files: 10 }, open });
  assert.deepEqual(
    members.map(({ path, verdict }) => [path, verdict?.name]),
    [
      ['a', undefined],
      ['in.zip!/b', 'Test.Trojan.Evil'],
      ['d', undefined],
    ],
  );
  assert.deepEqual([result.verdict?.name, result.skipped, result.size], ['Test.Trojan.Evil', ['c is encrypted'], 2]);
});

test('no more members than asked for are judged, and a clean archive stays clean', async (t) => {
  const ground = await openGround(t);
  const open = giving(['a', 'clean'], ['b', 'clean'], ['c', 'EVIL']);
  const { result, members } = await scanArchive(bodyOf('PK'), '/file', ground, { bounds: { layers: 1, files: 2 }, open });
  assert.deepEqual([members.map(({ path }) => path), result.verdict], [['a', 'b'], undefined]);
});
