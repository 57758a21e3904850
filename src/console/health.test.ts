import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { openCall } from '../../test/support/cloud-call.ts';
import { addHealth } from './health.ts';
import { createMetrics, measureStore } from './metrics.ts';

function serverWith(version: () => Promise<number>): FastifyInstance {
  const server = Fastify();
  addHealth(server, { store: { version }, metrics: createMetrics(5000) });
  return server;
}

test('a server is healthy while it answers, and ready while its store answers', async () => {
  const good = serverWith(async () => 1);
  assert.deepEqual([(await good.inject('/healthz')).statusCode, (await good.inject('/readyz')).statusCode], [200, 200]);
  const bad = serverWith(async () => Promise.reject(new Error('gone')));
  assert.deepEqual([(await bad.inject('/healthz')).statusCode, (await bad.inject('/readyz')).statusCode], [200, 503]);
  assert.doesNotMatch((await bad.inject('/readyz')).body, /gone/);
});

test('a store that never answers makes a server not ready', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const server = serverWith(() => new Promise(() => undefined));
  await server.ready();
  const answer = server.inject('/readyz');
  const ticking = setInterval(() => context.mock.timers.tick(1000), 5);
  assert.equal((await answer).statusCode, 503);
  clearInterval(ticking);
});

test('counts are told in the form of Prometheus', async (context) => {
  const metrics = createMetrics(5000);
  metrics.requestAnswered({ action: 'List', code: 'OK' }, 0.002);
  metrics.requestAnswered({ action: 'List', code: 'OK' }, 0.2);
  metrics.scanEnded('done', 3);
  const call = await openCall(context);
  const store = measureStore(call.store, metrics);
  await store.keys.list('default');
  assert.equal(await store.images.find('default', 'x'), undefined);
  await assert.rejects(store.tasks.create('default', ['x'], { timeoutSeconds: 1, at: 1 }), { code: 'not-found' });
  const server = Fastify();
  addHealth(server, { store, metrics });
  const answer = await server.inject('/metrics');
  assert.match(String(answer.headers['content-type']), /^text\/plain/);
  for (const line of [
    'lazaret_requests_total{action="List",code="OK"} 2',
    'lazaret_request_duration_seconds_bucket{le="0.0025",action="List"} 1',
    'lazaret_image_scans_total{state="done"} 1',
    'lazaret_scan_findings_total 3',
    'lazaret_store_duration_seconds_count{call="keys.list"} 1',
    'lazaret_store_duration_seconds_count{call="tasks.create"} 1',
    'process_start_time_seconds 5',
  ]) {
    assert.ok(answer.body.split('\n').includes(line), line);
  }
});
