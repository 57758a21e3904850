import type { FastifyInstance } from 'fastify';
import type { Store } from '#app/app.ts';
import type { Metrics } from './metrics.ts';

export interface HealthOptions {
  readonly store: Pick<Store, 'version'>;
  readonly metrics: Metrics;
}

// Milliseconds the store may take before the server calls itself not ready.
const readyMs = 2000;

/**
 * Adds `/healthz` (the process answers), `/readyz` (the store answers too, and the server is not closing) and `/metrics` (Prometheus). None
 * of them tells anything of what is stored, and none asks for a key.
 */
export function addHealth(server: FastifyInstance, options: HealthOptions): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    if (closing) return reply.code(503).send({ status: 'closing' });
    const answers = await answersInTime(options.store);
    return answers ? { status: 'ok' } : reply.code(503).send({ status: 'store does not answer' });
  });
  server.get('/metrics', async (_request, reply) => reply.header('content-type', options.metrics.contentType).send(await options.metrics.text()));
}

async function answersInTime(store: Pick<Store, 'version'>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), readyMs);
  store.version().then(
    () => resolve(true),
    () => resolve(false),
  );
  const answers = await promise;
  clearTimeout(timer);
  return answers;
}
