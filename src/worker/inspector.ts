// The program of an inspecting process; started by `scan/inspect/pool.ts`, never by a person.
import { openJudges } from '#engines/judges.ts';
import { serveInspections } from '#scan/inspect/serve.ts';

serveInspections(openJudges);
