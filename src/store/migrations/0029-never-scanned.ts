/** Tags of images that were never scanned are few among all, and are counted by themselves. */
export const neverScanned = [
  "CREATE INDEX repository_image_never ON repository_image (account_id, registry_id, repository_id, tag, image_key) WHERE current = 1 AND scan_state = 'never'",
] as const;
