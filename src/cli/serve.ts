import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import path from 'node:path';
import { Server as TlsServer } from 'node:tls';
import { addUploads } from '#clouds/alibaba/uploads.ts';
import { createServer, defaultHttpLimits, listenerOptions } from '#clouds/server.ts';
import { addDownloads } from '#console/downloads.ts';
import { addHealth } from '#console/health.ts';
import { createMetrics, type Metrics, measureStore } from '#console/metrics.ts';
import { LazaretError } from '#domain/error.ts';
import { scanStates } from '#domain/scan.ts';
import { superviseWorker } from '#worker/supervise.ts';
import { defineCommand, type Options } from './command.ts';
import { masterKeyOption, masterKeySource, openApp } from './open-app.ts';
import { startAuditPruning } from './prune-audit.ts';
import { openServingTls } from './serve-tls.ts';
import { cacheDirectory, dataOption } from './settings.ts';
import type { TlsFiles } from './tls.ts';
import { oneOf } from './values.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
const defaultListen = 'http://127.0.0.1:8787';

const serveOptions = {
  data: dataOption,
  masterKey: masterKeyOption,
  listen: { type: 'list', flag: 'listen', value: 'URL', description: `where to listen, http or https (default: ${defaultListen})`, read: readListen },
  tlsCert: {
    type: 'text',
    flag: 'tls-cert',
    value: 'FILE',
    description: 'certificate chain for https, in PEM (default: one signed by an authority of our own, made at first start)',
  },
  tlsKey: { type: 'text', flag: 'tls-key', value: 'FILE', description: 'its private key, in PEM' },
  tlsName: { type: 'list', flag: 'tls-name', value: 'NAME', description: 'name or address that clients use, for the certificate made here' },
  rules: { type: 'list', flag: 'rules', value: 'PATH', description: 'YARA rules for scans besides the built-in ones' },
  noBuiltinRules: { type: 'boolean', flag: 'no-builtin-rules', description: 'leave out the built-in rules' },
  hashes: { type: 'list', flag: 'hashes', value: 'PATH', description: 'list of bad or good hashes for scans' },
  noScanning: { type: 'boolean', flag: 'no-scanning', description: 'answer only, and leave scan tasks to other servers over the same data' },
  rate: {
    type: 'text',
    flag: 'rate',
    value: 'N',
    default: '20',
    description: 'requests a second of one account for one action; 0 for no limit',
    read: readRate,
  },
  auditDays: {
    type: 'text',
    flag: 'audit-days',
    value: 'N',
    default: '365',
    description: 'days after which the record of a call that changed something is forgotten; 0 to keep all',
    read: readDays,
  },
  linkMinutes: {
    type: 'text',
    flag: 'link-minutes',
    value: 'N',
    default: '15',
    description: 'minutes for which a link to an exported file is good',
    read: readAmount,
  },
  exportHours: {
    type: 'text',
    flag: 'export-hours',
    value: 'N',
    default: '24',
    description: 'hours after which an exported file is removed',
    read: readAmount,
  },
  uploadLimit: {
    type: 'text',
    flag: 'upload-limit',
    value: 'MIB',
    default: '100',
    description: 'size of one file that is uploaded or fetched for file detection',
    read: readMebibytes,
  },
  privateDownloads: {
    type: 'boolean',
    flag: 'allow-private-downloads',
    description: 'fetch files for file detection from private and local addresses too: callers then reach what this machine reaches',
  },
  logLevel: { type: 'text', flag: 'log-level', value: levels.join('|'), default: 'info', description: 'what is logged', read: oneOf(levels) },
} as const satisfies Options;

export const serveCommand = defineCommand({
  name: 'serve',
  summary: "answer the clouds' API calls, and scan what they ask for",
  notes:
    'POST / and GET / answer the API calls of both clouds; /healthz, /readyz and /metrics are for the one who runs it.\nSIGTERM or Ctrl-C finishes requests; a scan that is running goes on at the next start.',
  positionals: {},
  options: serveOptions,
  async run({ options }, io) {
    const metrics = createMetrics(io.clock());
    const opened = await openApp(options, io);
    const { dataDir } = opened;
    const store = measureStore(opened.store, metrics);
    const downloads = { linkMs: options.linkMinutes * 60_000, keepMs: options.exportHours * 3600_000 };
    const app = { ...opened, store, uploadBytes: options.uploadLimit, downloads };
    const server = createServer({
      app,
      randomId: randomUUID,
      log: { level: options.logLevel, destination: { write: io.stdout } },
      requestsPerSecond: options.rate,
      onAnswer: (answer, seconds) => metrics.requestAnswered(answer, seconds),
      routes: [(instance) => addHealth(instance, { store, metrics }), (instance) => addUploads(instance, app), (instance) => addDownloads(instance, { app })],
    });
    const stopPruning = startAuditPruning(app, {
      days: options.auditDays,
      onTrouble: (error) => server.log.error({ err: error }, 'the audit record cannot be pruned'),
    });
    const places = options.listen.length === 0 ? [readListen(defaultListen)] : options.listen;
    const more: Server[] = [];
    try {
      await server.ready();
      const tls = await openServingTls(places, { cert: options.tlsCert, key: options.tlsKey, names: options.tlsName, dataDir }, io.clock);
      for (const place of places) more.push(await listen(place, server, tls));
      tls?.keepFresh(more, server.log, io.signal);
      const interrupted = await store.images.endInterrupted(io.clock());
      const keys = await store.keys.all();
      server.log.info(
        { data: dataDir, addresses: more.map(addressOf), interruptedScans: interrupted, ...(tls?.authority === undefined ? {} : { authority: tls.authority }) },
        'listening',
      );
      if (keys.length === 0) server.log.warn('there is no access key yet; make one with: lazaret keys create');
      if (options.noScanning) await aborted(io.signal);
      else {
        const keySource = masterKeySource(options, io);
        const choice = {
          rules: options.rules.map((file) => path.resolve(io.cwd, file)),
          hashes: options.hashes.map((file) => path.resolve(io.cwd, file)),
          builtin: !options.noBuiltinRules,
        };
        await superviseWorker({
          settings: {
            dataDir,
            cacheDir: cacheDirectory(dataDir),
            choice,
            masterKeyFile: keySource.file,
            masterKeyInEnvironment: keySource.text !== undefined,
            fetch: { maxBytes: options.uploadLimit, allowPrivate: options.privateDownloads },
          },
          signal: io.signal,
          onEvent: ({ event, ...fields }) => {
            server.log.info(fields, String(event));
            countScan(event, fields, metrics);
          },
        });
      }
      server.log.info('stopping');
    } finally {
      await Promise.all([server.close(), stopPruning(), ...more.map(closeGently)]);
      await store.close();
    }
    return 0;
  },
});

interface Place {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
}

function readListen(text: string): Place {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new LazaretError('invalid-input', `'${text}' is not a place to listen; write for instance ${defaultListen}`);
  }
  const isSecure = url.protocol === 'https:';
  return { isSecure, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port) };
}

function readRate(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new LazaretError('invalid-input', `'${text}' is not a whole number`);
  return Number(text);
}

function readDays(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new LazaretError('invalid-input', `'${text}' is not a number of days`);
  return Number(text);
}

function readAmount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new LazaretError('invalid-input', `'${text}' is not a whole number from 1 to 9999`);
  return Number(text);
}

function readMebibytes(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new LazaretError('invalid-input', `'${text}' is not a number of mebibytes from 1 to 9999`);
  return Number(text) * 1024 * 1024;
}

// Any number of addresses share one application, and with it one count of each account's requests.
async function listen(place: Place, app: ReturnType<typeof createServer>, tls: TlsFiles | undefined): Promise<Server> {
  const pass: RequestListener = (request, response) => app.server.emit('request', request, response);
  const server =
    place.isSecure && tls !== undefined
      ? createHttpsServer({ ...listenerOptions(), cert: tls.cert, key: tls.key, handshakeTimeout: defaultHttpLimits.headersMs }, pass)
      : createHttpServer(listenerOptions(), pass);
  server.maxConnections = defaultHttpLimits.connections;
  server.on('clientError', (error, socket) => app.server.emit('clientError', error, socket));
  server.listen(place.port, place.host);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw new LazaretError('unreachable', `cannot listen on ${place.host} port ${place.port}: ${(error as Error).message}; choose another with --listen`, {
      cause: error,
    });
  }
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

/** Requests that run get this long to end, ms. */
const closingMs = 10_000;

async function closeGently(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), closingMs);
  await closed;
  clearTimeout(timer);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

const endStates = scanStates.filter((state) => state !== 'queued' && state !== 'running');

function countScan(event: unknown, fields: Readonly<Record<string, unknown>>, metrics: Metrics): void {
  const state = endStates.find((one) => one === fields['state']);
  if (event === 'scan end' && state !== undefined) metrics.scanEnded(state, Number(fields['findings'] ?? 0));
}
