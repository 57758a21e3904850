import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Store } from '#app/app.ts';
import type { ScanState } from '#domain/scan.ts';

/** What is counted about a running server, for Prometheus. */
export interface Metrics {
  /** Counts an answer of a cloud's API. Actions and codes must come from closed lists, since each pair is a time series. */
  readonly requestAnswered: (request: { readonly action: string; readonly code: string }, seconds: number) => void;
  /** Counts the end of one image's scan, with how many visible findings it has. */
  readonly scanEnded: (state: Exclude<ScanState, 'queued' | 'running'>, findings: number) => void;
  /** Records how long the store took for one call. */
  readonly storeAnswered: (call: string, seconds: number) => void;
  /** The text that Prometheus reads, and its content type. */
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

// Seconds. Most answers take well under a millisecond, those over a large store some hundredths.
const requestBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const storeBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5];

/** Starts all counts at zero. `startedAt` is in milliseconds since 1970. */
export function createMetrics(startedAt: number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({ name: 'lazaret_requests_total', help: 'API requests answered', labelNames: ['action', 'code'], registers });
  const durations = new Histogram({
    name: 'lazaret_request_duration_seconds',
    help: 'Time to answer an API request',
    labelNames: ['action'],
    buckets: requestBuckets,
    registers,
  });
  const scans = new Counter({ name: 'lazaret_image_scans_total', help: 'Image scans ended', labelNames: ['state'], registers });
  const findings = new Counter({ name: 'lazaret_scan_findings_total', help: 'Visible findings of image scans that ended', registers });
  const store = new Histogram({
    name: 'lazaret_store_duration_seconds',
    help: 'Time of one call of the store',
    labelNames: ['call'],
    buckets: storeBuckets,
    registers,
  });
  new Gauge({ name: 'process_start_time_seconds', help: 'Start of the process in seconds since 1970', registers }).set(startedAt / 1000);
  const memory = new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory',
    registers,
  });

  const requestSeries = series((action, code) => requests.labels(action, code));
  const durationSeries = series((action) => durations.labels(action));
  const storeSeries = series((call) => store.labels(call));
  return {
    requestAnswered({ action, code }, seconds) {
      requestSeries(action, code).inc();
      durationSeries(action, '').observe(seconds);
    },
    scanEnded(state, count) {
      scans.labels(state).inc();
      findings.inc(count);
    },
    storeAnswered: (call, seconds) => storeSeries(call, '').observe(seconds),
    contentType: registry.contentType,
    text: () => {
      memory.set(process.memoryUsage.rss());
      return registry.metrics();
    },
  };
}

// Looking a series up by its labels costs more than counting; there are few of them.
function series<T>(make: (first: string, second: string) => T): (first: string, second: string) => T {
  const known = new Map<string, T>();
  return (first, second) => {
    const key = `${first}\n${second}`;
    const found = known.get(key) ?? make(first, second);
    known.set(key, found);
    return found;
  };
}

/** The same store, whose calls on behalf of requests are timed. */
export function measureStore(store: Store, metrics: Pick<Metrics, 'storeAnswered'>): Store {
  return {
    ...store,
    keys: measured('keys', store.keys, metrics),
    images: measured('images', store.images, metrics),
    tasks: measured('tasks', store.tasks, metrics),
    registries: measured('registries', store.registries, metrics),
    repositories: measured('repositories', store.repositories, metrics),
    samples: measured('samples', store.samples, metrics),
    allowRules: measured('allowRules', store.allowRules, metrics),
  };
}

function measured<T extends object>(noun: string, target: T, metrics: Pick<Metrics, 'storeAnswered'>): T {
  return new Proxy(target, {
    get(object, property) {
      const member: unknown = Reflect.get(object, property, object);
      if (typeof member !== 'function') return member;
      return async (...parameters: unknown[]) => {
        const started = performance.now();
        try {
          const answer: unknown = await Reflect.apply(member, object, parameters);
          return answer;
        } finally {
          metrics.storeAnswered(`${noun}.${String(property)}`, (performance.now() - started) / 1000);
        }
      };
    },
  });
}
