/** What lists of tags are filtered by stands in the index by which they are ordered. */
export const tagLists = [
  'DROP INDEX repository_image_seen',
  'CREATE INDEX repository_image_seen ON repository_image (account_id, current, last_seen, id, registry_id, repository_id, image_key)',
] as const;
