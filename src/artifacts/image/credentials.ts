import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LazaretError } from '#domain/error.ts';
import { parseJson } from './manifest.ts';

/** The environment of the process, as its start-up read it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a registry is shown. Exactly one of the two forms. */
export type Credentials = { readonly username: string; readonly password: string } | { readonly identityToken: string };

const helperMs = 10_000;
const helperBytes = 64 * 1024;
const configBytes = 4 * 1024 * 1024;
/** What helpers print when they hold nothing for a registry. */
const nothingHeld = /credentials not found/i;

/**
 * Credentials for exactly this registry host, from `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`: a helper for the
 * host, then the general helper, then what the file itself holds. Undefined where there are none. Error `unreachable` where a
 * helper fails, `corrupt` where the file is damaged.
 */
export async function findCredentials(host: string, environment: Environment, signal: AbortSignal): Promise<Credentials | undefined> {
  const path = configPath(environment);
  const bytes = path === undefined ? undefined : await readConfig(path);
  if (path === undefined || bytes === undefined) return undefined;
  const config = parseJson(path, bytes);
  const auths = objectOf(config['auths']);
  const key = Object.keys(auths).find((name) => hostOf(name) === host);
  const helper = objectOf(config['credHelpers'])[host] ?? config['credsStore'];
  if (typeof helper === 'string' && helper !== '') {
    const held = await askHelper(helper, key ?? host, environment, signal);
    if (held !== undefined) return held;
  }
  return key === undefined ? undefined : storedCredentials(objectOf(auths[key]));
}

function configPath(environment: Environment): string | undefined {
  const folder = environment['DOCKER_CONFIG'];
  if (folder !== undefined && folder !== '') return join(folder, 'config.json');
  const home = environment['HOME'];
  return home === undefined || home === '' ? undefined : join(home, '.docker', 'config.json');
}

async function readConfig(path: string): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > configBytes) throw new LazaretError('limit', `${path} is larger than ${configBytes} bytes`);
    return bytes;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof LazaretError) throw error;
    throw new LazaretError('unreachable', `${path} cannot be read (${code ?? String(error)})`, { cause: error });
  }
}

// Old files have whole addresses as keys.
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function storedCredentials(entry: Readonly<Record<string, unknown>>): Credentials | undefined {
  const { identitytoken, auth, username, password } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') return { identityToken: identitytoken };
  if (typeof auth === 'string' && auth !== '') {
    const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : undefined;
}

async function askHelper(name: string, server: string, environment: Environment, signal: AbortSignal): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$/.test(name))
    throw new LazaretError('invalid-input', `the Docker configuration names a credential helper '${name.slice(0, 100)}', which is no program name`);
  const program = `docker-credential-${name}`;
  const { status, output } = await runHelper(program, server, environment, signal);
  if (status !== 0) {
    if (nothingHeld.test(output)) return undefined;
    // The output is not shown: a helper may print secrets.
    throw new LazaretError(
      'unreachable',
      `${program} gave no credentials for ${server} (status ${status}); log in again, or remove it from the Docker configuration`,
    );
  }
  const json = parseJson(`what ${program} printed`, Buffer.from(output));
  const { Username: username, Secret: secret } = json;
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
  return username === '<token>' ? { identityToken: secret } : { username, password: secret };
}

function runHelper(program: string, server: string, environment: Environment, signal: AbortSignal): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const limits = AbortSignal.any([signal, AbortSignal.timeout(helperMs)]);
    const child = spawn(program, ['get'], { env: { ...environment }, stdio: ['pipe', 'pipe', 'ignore'], signal: limits, killSignal: 'SIGKILL' });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.length > helperBytes) child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      if (signal.aborted) reject(new LazaretError('cancelled', 'stopped on request', { cause: error }));
      else reject(new LazaretError('unreachable', `${program} cannot be run or took more than ${helperMs / 1000} s (${error.message})`, { cause: error }));
    });
    child.on('close', (status) => resolve({ status, output }));
    // A helper that ends without reading is no fault of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${server}\n`);
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
