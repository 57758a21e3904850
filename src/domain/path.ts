import type { RawPath } from './file-entry.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Cleans a name found in an archive: strips leading slashes, drops `.` and empty parts and resolves `..` without ever
 * leaving the root, as unpacking into a chroot would. Returns '' for the root itself.
 */
export function normalizePath(name: string): RawPath {
  if (isClean(name)) return name;
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** The absolute path as people read it: UTF-8 where the bytes are UTF-8, else each foreign byte as `\xNN`. Control characters are escaped too. */
export function displayPath(raw: RawPath): string {
  return `/${displayName(raw)}`;
}

/** All ancestors of a path, nearest first, without the path itself and without the root: 'a/b/c' gives ['a/b', 'a']. */
export function ancestors(path: RawPath): RawPath[] {
  const found: RawPath[] = [];
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) found.push(path.slice(0, slash));
  return found;
}

/** Last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

// A cheap test that most names pass, so that two million of them cost no allocation.
function isClean(name: string): boolean {
  return name !== '' && !name.startsWith('/') && !name.startsWith('.') && !name.endsWith('/') && !name.includes('//') && !name.includes('/.');
}

function displayName(raw: string): string {
  // oxlint-disable-next-line no-control-regex -- names from archives may hold any byte
  if (!/[\u0000-\u001f\u007f-\u00ff]/.test(raw)) return raw;
  try {
    // oxlint-disable-next-line no-control-regex -- same
    return utf8.decode(Buffer.from(raw, 'latin1')).replace(/[\u0000-\u001f\u007f]/g, escapeByte);
  } catch {
    // oxlint-disable-next-line no-control-regex -- same
    return raw.replace(/\\/g, '\\\\').replace(/[\u0000-\u001f\u007f-\u00ff]/g, escapeByte);
  }
}

function escapeByte(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
