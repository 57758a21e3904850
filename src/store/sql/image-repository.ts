import type { Image } from '#domain/image.ts';
import { parseImageName } from '#domain/image-name.ts';
import type { Sql } from '../drivers/sql.ts';
import { applyRulesAnew } from './allow-rules.ts';
import { fold } from './conditions.ts';
import { changeRepositoryShare, type ImageKey, repositoryShare } from './image-counts.ts';
import { settleSuccession } from './succession.ts';

/** Where an image is kept, as its row holds it. */
export interface ImagePlace {
  readonly repository_id: number;
  readonly registry_id: number;
  readonly namespace: string;
  readonly repository: string;
  readonly tag: string;
}

const noPlace: ImagePlace = { repository_id: 0, registry_id: 0, namespace: '', repository: '', tag: '' };

/** The repository and tag of an image's reference; made where it is new. A directory has none. */
export async function placeOf(sql: Sql, owner: { readonly accountId: string; readonly at: number }, image: Pick<Image, 'reference'>): Promise<ImagePlace> {
  const { address, namespace, name, tag } = parseImageName(image.reference);
  if (!/^[a-z0-9]/.test(name) || image.reference.startsWith('/')) return noPlace;
  const registry =
    address === ''
      ? undefined
      : await sql.get<{ id: number }>('SELECT id FROM registry WHERE account_id = ? AND address = ? ORDER BY id LIMIT 1', [owner.accountId, address]);
  const registryId = registry?.id ?? 0;
  // What belongs to no registered registry keeps its address, so that equal names of two hosts stay apart.
  const spelled = registryId === 0 && address !== '' ? [address, namespace].filter((part) => part !== '').join('/') : namespace;
  const row = await sql.get<{ id: number }>(
    `INSERT INTO repository (account_id, registry_id, namespace, namespace_folded, name, name_folded, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id, registry_id, namespace, name) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen) RETURNING id`,
    [owner.accountId, registryId, spelled, fold(spelled), name, fold(name), owner.at, owner.at],
  );
  return { repository_id: row?.id ?? 0, registry_id: registryId, namespace: spelled, repository: name, tag };
}

/** Puts images that were saved before there were repositories into theirs. Of several with the same tag, the one that was seen first last has it now. */
export async function placeImages(sql: Sql): Promise<void> {
  const images = await sql.all<{ image_key: number; account_id: string; reference: string; digest: string; last_seen: number }>(
    'SELECT image_key, account_id, reference, digest, last_seen FROM image WHERE repository_id = 0 ORDER BY first_seen, image_key',
  );
  for (const { image_key: imageKey, account_id: accountId, reference, digest, last_seen: at } of images) {
    const place = await placeOf(sql, { accountId, at }, { reference });
    if (place.repository_id === 0) continue;
    await sql.run('UPDATE image SET repository_id = ?, registry_id = ?, namespace = ?, repository = ?, tag = ? WHERE image_key = ?', [
      place.repository_id,
      place.registry_id,
      place.namespace,
      place.repository,
      place.tag,
      imageKey,
    ]);
    await tagImage(sql, { key: { accountId, imageKey }, digest, at }, place);
  }
}

/** Makes a tag name an image: whatever the tag named before is no longer current. */
export async function tagImage(sql: Sql, tagged: { readonly key: ImageKey; readonly digest: string; readonly at: number }, place: ImagePlace): Promise<void> {
  if (place.repository_id === 0) return;
  const { key, digest, at } = tagged;
  const { accountId, imageKey } = key;
  const { repository_id: repositoryId, registry_id: registryId, tag } = place;
  const losing =
    tag === ''
      ? []
      : await sql.all<{ image_key: number }>(
          'SELECT image_key FROM repository_image WHERE account_id = ? AND repository_id = ? AND tag = ? AND current = 1 AND (image_key <> ? OR digest <> ?)',
          [accountId, repositoryId, tag, imageKey, digest],
        );
  const known = await sql.get<{ current: number }>(
    'SELECT current FROM repository_image WHERE account_id = ? AND repository_id = ? AND tag = ? AND digest = ? AND image_key = ?',
    [accountId, repositoryId, tag, digest, imageKey],
  );
  const changed = losing.length > 0 || known?.current !== 1;
  const share = { id: repositoryId, imageKeys: [imageKey, ...losing.map((row) => row.image_key)] };
  const before = changed ? await repositoryShare(sql, accountId, share) : undefined;
  if (losing.length > 0)
    await sql.run(
      'UPDATE repository_image SET current = 0 WHERE account_id = ? AND repository_id = ? AND tag = ? AND current = 1 AND (image_key <> ? OR digest <> ?)',
      [accountId, repositoryId, tag, imageKey, digest],
    );
  await sql.run(
    `INSERT INTO repository_image (account_id, repository_id, registry_id, tag, digest, image_key, current, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
     ON CONFLICT (account_id, repository_id, tag, digest, image_key) DO UPDATE SET current = 1, last_seen = max(last_seen, excluded.last_seen)`,
    [accountId, repositoryId, registryId, tag, digest, imageKey, at, at],
  );
  if (before === undefined) return;
  await changeRepositoryShare(sql, repositoryId, { before, after: await repositoryShare(sql, accountId, share) });
  if (known === undefined) await applyRulesAnew(sql, key);
  await settleSuccession(sql, { key, at, whole: false });
}
