import { createHash } from 'node:crypto';
import type { Detection } from '#domain/detection.ts';
import type { Finding } from '#domain/finding.ts';
import type { Image } from '#domain/image.ts';
import type { Severity } from '#domain/severity.ts';
import type { ImageScan, Store } from '#store/store.ts';

/** A moment for tests: 2025-01-02 03:04:05 UTC. */
export const someTime = Date.UTC(2025, 0, 2, 3, 4, 5);

/** An image as its config would describe it; its id follows from its name. */
export function anImage(reference: string, over: Partial<Image> = {}): Image {
  const layer = { digest: digestOf(`layer ${reference}`), diffId: digestOf(`diff ${reference}`), size: 1000, createdBy: 'COPY app /app' };
  return {
    id: digestOf(reference),
    digest: digestOf(`manifest ${reference}`),
    reference,
    platform: 'linux/amd64',
    created: '2024-12-31T20:00:00Z',
    author: 'someone',
    size: 1000,
    layers: [layer, { ...layer, digest: digestOf(`top ${reference}`), diffId: digestOf(`top diff ${reference}`), createdBy: 'RUN make' }],
    ...over,
  };
}

/** A detection of a web shell. */
export function aDetection(over: Partial<Detection> = {}): Detection {
  return {
    engine: 'yara',
    kind: 'signature',
    rule: 'web_shell',
    pack: 'test',
    name: 'PHP.Webshell.Simple',
    severity: 'critical',
    tags: ['webshell'],
    author: '',
    reference: '',
    licence: '',
    description: { en: 'A web shell.', zh: '网页后门。' },
    advice: { en: 'Remove it.', zh: '请删除。' },
    ...over,
  };
}

/** A finding at a path; its digests follow from the path. */
export function aFinding(
  path: string,
  over: Partial<Finding> & { readonly name?: string; readonly severity?: Severity } = {},
): Finding & { readonly sha1: string } {
  const { name = 'PHP.Webshell.Simple', severity = 'critical', ...rest } = over;
  const detections = [aDetection({ name, severity })];
  return {
    path,
    sha256: createHash('sha256').update(path).digest('hex'),
    md5: createHash('md5').update(path).digest('hex'),
    sha1: createHash('sha1').update(path).digest('hex'),
    size: 51,
    fileType: 'script',
    layer: digestOf('diff'),
    hidden: false,
    verdict: { name, severity, tags: ['webshell'], detections },
    ...rest,
  };
}

/** A scan that ended well. */
export function aScan(over: Partial<ImageScan> = {}): ImageScan {
  return {
    state: 'done',
    startedAt: someTime,
    finishedAt: someTime + 5000,
    progress: 100,
    remainingSeconds: 0,
    error: '',
    complete: true,
    stats: undefined,
    ...over,
  };
}

/** Puts an image into the store, with its scan and findings, and returns its id. */
export async function storeImage(
  store: Store,
  image: Image,
  options: {
    readonly accountId?: string;
    readonly scan?: ImageScan;
    readonly findings?: readonly ReturnType<typeof aFinding>[];
    readonly at?: number;
    /** Id of a host on which it lay. */
    readonly host?: string;
    readonly local?: boolean;
    readonly osName?: string;
  } = {},
): Promise<string> {
  const { accountId = 'default', at = someTime, scan, findings, host, local, osName = 'Debian GNU/Linux 12 (bookworm)' } = options;
  const source = { target: '/nowhere/image.tar', platform: image.platform, insecure: false };
  const more = { ...(host === undefined ? {} : { host: { id: host, name: host } }), ...(local === undefined ? {} : { local }) };
  await store.images.save({ accountId, image, source, osName, ...more }, at);
  if (scan !== undefined) await store.images.setScan(accountId, image.id, scan);
  if (findings !== undefined) await store.images.setFindings(accountId, image.id, { findings, at, partial: false });
  return image.id;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
