import type { CompileError } from './backend.ts';

/** Reads YARA-X's own report of one error, such as `error[E025]: unknown pattern` with ` --> line:3:43` below. */
export function readCompileError(report: string): CompileError {
  const title = /error(?:\[\w+\])?: ([^\n]*)/.exec(report)?.[1] ?? report.split('\n', 1)[0] ?? '';
  const line = Number(/--> line:(\d+):/.exec(report)?.[1] ?? 1);
  const detail = /\^+ ([^\n]+)/.exec(report)?.[1];
  return { line, message: (detail === undefined ? title : `${title}: ${detail}`).slice(0, 300) };
}
