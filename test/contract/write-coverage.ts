// `npm run coverage`
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { coveragePage, coveragePath } from './coverage.ts';
import { surfaces } from './surfaces.ts';

writeFileSync(resolve(import.meta.dirname, '../..', coveragePath), coveragePage(surfaces));
