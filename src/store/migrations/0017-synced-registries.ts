/** When a sync of a registry ended well the last time. */
export const syncedRegistries = ['ALTER TABLE registry ADD COLUMN sync_succeeded INTEGER'] as const;
