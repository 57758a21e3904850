const count = (row: string): string =>
  `BEGIN INSERT INTO tally (account_id, noun, value) VALUES (${row}.account_id, 'tag moves', 1) ON CONFLICT DO UPDATE SET value = value + 1; END`;

/** Counts what happens to tags and repositories once they are there, but for their times and counters: those who hold them in memory else only look for new ones. */
export const tagMoves = [
  `CREATE TRIGGER repository_image_gone AFTER DELETE ON repository_image ${count('old')}`,
  `CREATE TRIGGER repository_image_moved AFTER UPDATE OF account_id, repository_id, tag, image_key ON repository_image ${count('new')}`,
  `CREATE TRIGGER repository_gone AFTER DELETE ON repository ${count('old')}`,
  `CREATE TRIGGER repository_moved AFTER UPDATE OF account_id, registry_id, namespace, name ON repository ${count('new')}`,
] as const;
