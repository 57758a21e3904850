import { opendir, stat } from 'node:fs/promises';

/** Names of the regular files of a folder; none when nothing was ever put there. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) if (entry.isFile()) names.push(entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return names;
}

/** When a file was last written, ms since 1970; `otherwise` when it is gone. */
export async function changedAt(file: string, otherwise: number): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch {
    return otherwise;
  }
}
