import type { FileEntry } from '#domain/file-entry.ts';
import { baseName } from '#domain/path.ts';

/**
 * What a member of a layer's tar is by its type flag and, for files, its name: markers of removal are files with names that
 * layers keep for them. `isDirectory` is told by the name where the flag says file.
 */
export function kindOf(type: string, path: string, isDirectory: boolean): FileEntry['kind'] {
  switch (type) {
    case '1':
      return 'hardlink';
    case '2':
      return 'symlink';
    case '3':
    case '4':
      return 'device';
    case '5':
      return 'directory';
    case '6':
      return 'fifo';
    default: {
      if (isDirectory) return 'directory';
      const base = baseName(path);
      // A marker for nothing, for its own directory or for the one above is refused when the layer is unpacked: it hides nothing.
      if (!base.startsWith('.wh.') || ['.wh.', '.wh..', '.wh...'].includes(base)) return 'file';
      return base === '.wh..wh..opq' ? 'opaque' : 'whiteout';
    }
  }
}
