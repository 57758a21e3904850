import { jsonReport } from './json.ts';
import type { Renderer } from './renderer.ts';
import { sarifReport } from './sarif.ts';
import { tableReport } from './table.ts';

/** Forms of a scan's report; the first is the default. */
export const formats = ['table', 'json', 'sarif'] as const;
export type Format = (typeof formats)[number];

export const renderers = { table: tableReport, json: jsonReport, sarif: sarifReport } as const satisfies Record<Format, Renderer>;
