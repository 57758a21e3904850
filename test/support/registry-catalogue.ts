import type { TestImage } from './images.ts';
import type { Handler } from './registry.ts';
import { type Holdings, registryHandler } from './registry.ts';

/** What a fake registry with a catalogue holds: the image of each tag, by repository. The test may change it between requests. */
export type Shelves = Record<string, Record<string, TestImage>>;

export interface CatalogueOptions {
  /** Entries of one page, whatever is asked for. */
  readonly pageSize?: number;
  /** Looks at a request first; true when it has answered it. */
  readonly before?: Handler extends (...parameters: infer P) => unknown ? (...parameters: P) => boolean | Promise<boolean> : never;
}

/** Answers as a registry with a catalogue does, in pages that Link headers lead through. */
export function catalogueHandler(shelves: Shelves, { pageSize = 2, before = () => false }: CatalogueOptions = {}): Handler {
  return async (request, response) => {
    if (await before(request, response)) return;
    const url = new URL(request.url ?? '/', 'http://registry.invalid');
    const page = (name: string, all: readonly string[], more: object = {}): void => {
      const from = Number(url.searchParams.get('last') ?? 0);
      if (from + pageSize < all.length) response.setHeader('link', `<${url.pathname}?n=${pageSize}&last=${from + pageSize}>; rel="next"`);
      response.end(JSON.stringify({ ...more, [name]: all.slice(from, from + pageSize) }));
    };
    if (url.pathname === '/v2/_catalog') return page('repositories', Object.keys(shelves));
    const [, repository = '', rest = ''] = /^\/v2\/(.+)\/(tags\/list|manifests\/[^/]+|blobs\/[^/]+)$/.exec(url.pathname) ?? [];
    const shelf = shelves[repository];
    if (url.pathname !== '/v2/' && shelf === undefined) return void response.writeHead(404).end('{}');
    if (rest === 'tags/list') return page('tags', Object.keys(shelf ?? {}), { name: repository });
    await registryHandler(holdingsOf(shelf ?? {}))(request, response);
  };
}

function holdingsOf(shelf: Readonly<Record<string, TestImage>>): Holdings {
  const images = Object.values(shelf);
  return {
    blobs: new Map(images.flatMap((image) => [...image.blobs])),
    tags: Object.fromEntries(Object.entries(shelf).map(([tag, image]) => [tag, image.manifestDigest])),
  };
}
