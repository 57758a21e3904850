import { createHash } from 'node:crypto';
import type { Detection } from '#domain/detection.ts';
import type { Finding } from '#domain/finding.ts';
import { severities } from '#domain/severity.ts';
import type { Store } from '#store/store.ts';

/** How many findings the image gets. */
export const storedFindings = 100_000;

/** Puts an image with findings into a store, as if it had been scanned, and returns its id. */
export async function storeImageWith(store: Store, at: number): Promise<string> {
  const id = `sha256:${digestOf('sha256', 'image')}`;
  const layer = { digest: `sha256:${digestOf('sha256', 'blob')}`, diffId: `sha256:${digestOf('sha256', 'layer')}`, size: 100_000_000, createdBy: 'COPY . /' };
  const image = {
    id,
    digest: `sha256:${digestOf('sha256', 'manifest')}`,
    reference: 'registry.example/bench/app:1',
    platform: 'linux/amd64',
    created: '2025-01-01T00:00:00Z',
    author: '',
    size: layer.size,
    layers: [layer],
  };
  await store.images.save(
    {
      accountId,
      image,
      source: { target: 'registry.example/bench/app:1', platform: image.platform, insecure: false },
      osName: 'Debian GNU/Linux 12 (bookworm)',
    },
    at,
  );
  const findings = Array.from({ length: storedFindings }, (_, index) => findingOf(index, layer.diffId));
  await store.images.setFindings(accountId, id, { findings, at, partial: false });
  const scan = {
    state: 'done',
    startedAt: at - 60_000,
    finishedAt: at,
    progress: 100,
    remainingSeconds: 0,
    error: '',
    complete: true,
    stats: undefined,
  } as const;
  await store.images.setScan(accountId, id, scan);
  return id;
}

const accountId = 'default';

function findingOf(index: number, layer: string): Finding & { readonly sha1: string } {
  const path = `/srv/app/module-${index % 997}/file-${index}.php`;
  const severity = severities[index % severities.length] ?? 'low';
  const detection = detectionOf(index % 50, severity);
  const size = 1000 + (index % 5000);
  const digests = { sha256: digestOf('sha256', path), md5: digestOf('md5', path), sha1: digestOf('sha1', path) };
  return {
    ...digests,
    path,
    size,
    fileType: 'script',
    layer,
    hidden: false,
    verdict: { name: detection.name, severity, tags: detection.tags, detections: [detection] },
  };
}

function detectionOf(family: number, severity: Finding['verdict']['severity']): Detection {
  return {
    engine: 'yara',
    kind: 'signature',
    rule: `bench_web_shell_${family}`,
    pack: 'bench',
    name: `PHP.Webshell.Family${family}`,
    severity,
    tags: ['webshell'],
    author: 'bench',
    reference: '',
    licence: '',
    description: { en: 'Runs commands that a visitor sends.', zh: '执行访问者发送的命令。' },
    advice: { en: 'Remove the file and look for how it came there.', zh: '删除该文件并排查入侵途径。' },
  };
}

function digestOf(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}
