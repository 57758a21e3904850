import path from 'node:path';

/** How long a link to an export is good, and how long exports are kept, where nobody says otherwise, ms. */
export const defaultDownloads = { linkMs: 15 * 60_000, keepMs: 24 * 3600_000 } as const;

/** Bytes that the files of all exports may take. */
export const mostExportBytes = 16 * 1024 ** 3;

/** What ids of exports look like. */
export const exportIdPattern = /^[0-9a-f]{32}$/;

export function exportFolder(dataDir: string): string {
  return path.join(dataDir, 'exports');
}

/** Where an export's file lies. Its name is the id alone, so that nothing a caller writes is ever part of a path. */
export function exportPath(dataDir: string, id: string): string {
  if (!exportIdPattern.test(id)) throw new Error('not the id of an export');
  return path.join(exportFolder(dataDir), `${id}.xlsx`);
}
