/** What a face was told of a registry and gives back. */
export const registryExtra = ["ALTER TABLE registry ADD COLUMN extra TEXT NOT NULL DEFAULT '{}'"] as const;
