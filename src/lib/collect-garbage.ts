import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;

let collect: Collect | undefined;

/**
 * Frees what was made lately and is no longer used. Buffers count little for the collector, so that a process that streams
 * large ones fills memory with them and then pays for marking its whole heap, again and again: it took a third of the
 * time of reading a layer. Does nothing where the runtime does not offer it.
 */
function collectYoungGarbage(): void {
  collect ??= exposed();
  collect({ type: 'minor' });
}

/** Counts bytes of buffers that are made and soon let go, and frees them whenever there may be `most`. */
export class FreshBytes {
  private readonly most: number;
  private fresh = 0;

  constructor(most: number) {
    this.most = most;
  }

  made(bytes: number): void {
    this.fresh += bytes;
    if (this.fresh < this.most) return;
    this.fresh = 0;
    collectYoungGarbage();
  }
}

/** Frees all that is no longer used: for a process that has just let go of a large buffer and will soon ask for another. */
export function collectGarbage(): void {
  collect ??= exposed();
  collect({ type: 'major' });
}

// The flag takes effect for contexts made after it.
function exposed(): Collect {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  return gc === undefined ? () => undefined : (gc as Collect);
}
