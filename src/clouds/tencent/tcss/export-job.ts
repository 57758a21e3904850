import type { ExportJob, ExportSource, ExportState } from '#app/app.ts';
import { createExportJob } from '#app/create-export-job.ts';
import { signLink } from '#app/sign-link.ts';
import type { Text } from '#domain/detection.ts';
import type { Call } from '../../operation.ts';

/** Limit of the exports that have one: 10 by default, as the lists have it, and at most 10,000. */
export const exportLimitParameter = { kind: 'integer', min: 1, max: 10_000 } as const;

/** Names of the sheets. */
export const sheetTitles = {
  viruses: { en: 'Malicious files', zh: '木马病毒' },
  images: { en: 'Images', zh: '镜像' },
} as const satisfies Record<string, Text>;

/** ExportStatus. */
export const exportStatuses: Readonly<Record<ExportState, 'RUNNING' | 'SUCCESS' | 'FAILURE'>> = {
  queued: 'RUNNING',
  running: 'RUNNING',
  done: 'SUCCESS',
  failed: 'FAILURE',
};

/** ExportSource. */
export const exportSources: Readonly<Record<ExportSource, string>> = { local: 'LocalImage', registry: 'RegistryImage' };

type WithoutForm<T> = T extends unknown ? Omit<T, 'language' | 'zoneMinutes'> : never;

/** Queues an export in the caller's language and zone. Its file is called `<topic>-<time>.xlsx`. */
export async function startExport(
  call: Call,
  job: { readonly source: ExportSource; readonly topic: string; readonly request: WithoutForm<ExportJob['request']> },
): Promise<{ readonly id: string; readonly url: string }> {
  const { app, accountId, language, zoneMinutes } = call;
  const time = new Date(app.clock() + zoneMinutes * 60_000).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  const name = `${job.topic}-${time}.xlsx`;
  const id = await createExportJob(app, accountId, { source: job.source, name, request: { ...job.request, language, zoneMinutes } });
  return { id, url: signLink(app, { id, name }, call.baseUrl) };
}

/** What the name of an export of one image begins with. */
export function virusTopic(imageId: string): string {
  return `image-viruses-${imageId
    .replace(/^sha256:/, '')
    .slice(0, 12)
    .replace(/\W/g, '_')}`;
}
