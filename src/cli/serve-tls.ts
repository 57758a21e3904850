import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { LazaretError } from '#domain/error.ts';
import type { TlsChoice, TlsFiles } from './tls.ts';

/** Certificate and key of a server's HTTPS listeners. */
export interface ServingTls extends TlsFiles {
  /** Lets the listeners use another certificate once there is one, until `signal` ends. */
  keepFresh(listeners: readonly Server[], log: Log, signal: AbortSignal): void;
}

interface Log {
  info(text: string): void;
  error(fields: object, text: string): void;
}

interface Place {
  readonly isSecure: boolean;
  readonly host: string;
}

/**
 * What the places that are secure are served with, for the names given and the addresses listened on; undefined where none is secure.
 * @throws LazaretError as `openTls` does, and 'invalid-input' when something is chosen for HTTPS and nothing listens so.
 */
export async function openServingTls(places: readonly Place[], given: Omit<TlsChoice, 'now'>, clock: () => number): Promise<ServingTls | undefined> {
  if (!places.some(({ isSecure }) => isSecure)) {
    if (given.cert === undefined && given.key === undefined && given.names.length === 0) return undefined;
    throw new LazaretError('invalid-input', '--tls-cert, --tls-key and --tls-name are for https: add --listen https://127.0.0.1:8443');
  }
  const hosts = places.filter(({ isSecure, host }) => isSecure && host !== '0.0.0.0' && host !== '::').map(({ host }) => host);
  const choice = { ...given, names: [...given.names, ...hosts] };
  // Loaded only where it is needed: it costs more than all the rest of the start.
  const { openTls, keepTlsFresh } = await import('./tls.ts');
  const files = await openTls({ ...choice, now: clock() });
  return {
    ...files,
    keepFresh(listeners, log, signal) {
      const apply = ({ cert, key }: TlsFiles): void => {
        for (const one of listeners) if (one instanceof TlsServer) one.setSecureContext({ cert, key });
        log.info('another certificate is used from now on');
      };
      keepTlsFresh({ choice, files, clock }, { apply, onError: (err) => log.error({ err }, 'the certificate cannot be read anew') }, signal);
    },
  };
}
