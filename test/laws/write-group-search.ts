import { writeFile } from 'node:fs/promises';
import { assemble, assembledPath } from './group-search.ts';

await writeFile(assembledPath, await assemble());
