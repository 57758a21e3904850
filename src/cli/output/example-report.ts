import type { Detection } from '#domain/detection.ts';
import type { Finding } from '#domain/finding.ts';
import type { ScanReport } from '#scan/report.ts';

/** A detection for tests of reports; what is not given is usual. */
export function exampleDetection(changes: Partial<Detection> = {}): Detection {
  return {
    engine: 'yara',
    kind: 'signature',
    rule: 'Linux_Miner_Example',
    pack: 'lazaret',
    name: 'Linux.Miner.Example',
    severity: 'high',
    tags: ['miner'],
    author: 'Lazaret',
    reference: 'https://example.com/miner',
    licence: 'Apache-2.0',
    description: { en: 'A miner made for tests.', zh: '测试用挖矿程序。' },
    advice: { en: 'Rebuild the image without it.', zh: '重新构建镜像。' },
    ...changes,
  };
}

/** A finding for tests of reports, with the verdict of its detections. */
export function exampleFinding(changes: Partial<Omit<Finding, 'verdict'>> = {}, detections: readonly Detection[] = [exampleDetection()]): Finding {
  const { name = '', severity = 'notice', tags = [] } = detections[0] ?? {};
  return {
    path: '/usr/bin/x',
    sha256: 'a'.repeat(64),
    md5: 'b'.repeat(32),
    size: 1234,
    fileType: 'elf',
    layer: `sha256:${'2'.repeat(64)}`,
    hidden: false,
    verdict: { name, severity, tags, detections },
    ...changes,
  };
}

/** A report for tests: an image of two layers with one finding; what is not given is usual. */
export function exampleReport(changes: Partial<ScanReport> = {}): ScanReport {
  const layer = (digit: string, createdBy: string) => ({
    digest: `sha256:${digit.repeat(64)}`,
    diffId: `sha256:${digit.repeat(64)}`,
    size: 1_500_000,
    createdBy,
  });
  return {
    target: 'image.tar',
    image: {
      id: `sha256:${'c'.repeat(64)}`,
      digest: `sha256:${'d'.repeat(64)}`,
      reference: 'team/app:1.2',
      platform: 'linux/amd64',
      created: '2024-01-02T03:04:05Z',
      author: 'somebody',
      size: 3_000_000,
      layers: [layer('1', 'ADD rootfs /'), layer('2', 'RUN curl example.com | sh')],
    },
    complete: true,
    findings: [exampleFinding()],
    skipped: [],
    stats: {
      files: 1200,
      contents: 1100,
      bytes: 340_000_000,
      inspectedContents: 1000,
      cachedContents: 100,
      cachedLayers: 0,
      openedArchives: 0,
      durationMs: 2000,
    },
    ...changes,
  };
}
