/** What a content is by its bytes, never by its name. */
export const fileTypes = ['elf', 'pe', 'macho', 'script', 'document', 'archive', 'class', 'image', 'text', 'empty', 'other'] as const;
export type FileType = (typeof fileTypes)[number];

/**
 * A raw path inside an artifact: the bytes of the name, one character (U+0000–U+00FF) per byte, so that any name
 * survives unchanged. No leading slash, no `.` or `..`, no doubled slash. `displayPath` in `path.ts` shows it to people.
 */
export type RawPath = string;

/** One path of a layer or a directory tree. Sizes in bytes, times in seconds since 1970. */
export interface FileEntry {
  readonly path: RawPath;
  readonly kind: 'file' | 'hardlink' | 'symlink' | 'directory' | 'device' | 'fifo' | 'whiteout' | 'opaque';
  readonly size: number;
  readonly mode: number;
  readonly mtime: number;
  readonly uid: number;
  readonly gid: number;
  /** Target of a hard link (a RawPath) or symbolic link (as written). Empty for the rest. */
  readonly link: string;
}

/** The digests of a content, lower-case hex. SHA-1 is computed only where somebody asks for it. */
export interface Digests {
  readonly sha256: string;
  readonly md5: string;
  readonly sha1?: string;
}
