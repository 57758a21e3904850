/** What tags have named, by digest. */
export const tagDigests = ['CREATE INDEX repository_image_digest ON repository_image (account_id, digest)'] as const;
