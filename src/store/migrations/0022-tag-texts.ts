/** Parts of tags are looked for along an index that has whatever is asked of those that match. */
export const tagTexts = ['CREATE INDEX repository_image_text ON repository_image (account_id, current, tag, repository_id, image_key)'] as const;
