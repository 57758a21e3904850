// oxlint-disable-next-line no-unassigned-import -- the certificate library asks for it
import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { LazaretError } from '#domain/error.ts';

/** What a TLS listener needs, in PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** The authority's certificate, for clients to trust; undefined where the owner gave a certificate of their own. */
  readonly authority: string | undefined;
}

export interface TlsChoice {
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Names and addresses that the certificate is for, besides this machine's usual ones. */
  readonly names: readonly string[];
  readonly dataDir: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const dayMs = 86_400_000;
const authorityDays = 3650;
// What clients accept from authorities that their owner added, at most.
const serverDays = 397;
const renewDays = 30;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * The given certificate and key; without them one for this machine, signed by an authority of our own in `tls` below the data directory. Both are made at first use; the certificate
 * anew before it expires and when it lacks a name. Of two first starts at once one wins, and both use what it made.
 * @throws LazaretError 'invalid-input' when a file cannot be read or used, when only one of both is given, or when a name is none; 'unreachable' when nothing can be made.
 */
export async function openTls(choice: TlsChoice): Promise<TlsFiles> {
  const { cert, key } = choice;
  if ((cert === undefined) !== (key === undefined)) throw new LazaretError('invalid-input', 'give both --tls-cert and --tls-key, or none of them');
  if (cert !== undefined && key !== undefined) return givenTls(cert, key);
  try {
    return await ownTls(choice);
  } catch (error) {
    if (error instanceof LazaretError) throw error;
    throw new LazaretError('unreachable', `a certificate cannot be made below ${choice.dataDir}: ${(error as Error).message}`, { cause: error });
  }
}

/** How often files are looked at again, ms. */
const lookMs = 12 * 3600_000;

/**
 * Looks every twelve hours, as long as `signal` lasts, whether there are other files by now: ours before they expire, or what the owner put in their place. Gives them to `apply`;
 * where that or the reading fails, what was used before stays, and `onError` is told.
 */
export function keepTlsFresh(
  { choice, files, clock }: { readonly choice: Omit<TlsChoice, 'now'>; readonly files: TlsFiles; readonly clock: () => number },
  told: { readonly apply: (files: TlsFiles) => void; readonly onError: (error: unknown) => void },
  signal: AbortSignal,
): void {
  let used = files;
  const look = async (): Promise<void> => {
    try {
      const found = await openTls({ ...choice, now: clock() });
      if (found.cert === used.cert && found.key === used.key) return;
      told.apply(found);
      used = found;
    } catch (error) {
      told.onError(error);
    }
  };
  const timer = setInterval(() => void look(), lookMs);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}

function givenTls(certFile: string, keyFile: string): TlsFiles {
  const [cert, key] = [readPem(certFile), readPem(keyFile)];
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new LazaretError('invalid-input', `${certFile} and ${keyFile} are no certificate with its key in PEM: ${(error as Error).message}`, { cause: error });
  }
  return { cert, key, authority: undefined };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new LazaretError('invalid-input', `the TLS file cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function ownTls({ dataDir, names, now }: TlsChoice): Promise<TlsFiles> {
  x509.cryptoProvider.set(webcrypto as never);
  const folder = path.join(dataDir, 'tls');
  const authority = path.join(folder, 'ca.pem');
  if (!exists(authority)) await makeAuthority(folder, now);
  const issuer = new X509Certificate(readFileSync(authority));
  if (Date.parse(issuer.validTo) - now < renewDays * dayMs)
    throw new LazaretError(
      'invalid-input',
      `the authority ${authority} expires on ${issuer.validTo}: remove the folder ${folder}, and let clients trust the new one`,
    );
  const wanted = wantedNames(names);
  const file = path.join(folder, 'server.pem');
  if (!isGood(file, { issuer, names: wanted, now })) await makeServer(folder, wanted, now);
  const pem = readFileSync(file, 'utf8');
  return { cert: pem, key: pem, authority };
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function wantedNames(given: readonly string[]): readonly string[] {
  const bad = given.find((name) => !isName(name));
  if (bad !== undefined) throw new LazaretError('invalid-input', `'${bad}' is no name or address that a certificate can be for`);
  // The machine's own name need not be one that a certificate can hold.
  return [...new Set(['localhost', '127.0.0.1', '::1', ...[hostname()].filter(isName), ...given])];
}

function isName(text: string): boolean {
  if (isIP(text) !== 0) return !text.includes('%');
  return (
    text.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i.test(text) && !/^[\d.]+$/.test(text)
  );
}

interface Wanted {
  readonly issuer: X509Certificate;
  readonly names: readonly string[];
  readonly now: number;
}

function isGood(file: string, { issuer, names, now }: Wanted): boolean {
  try {
    const certificate = new X509Certificate(readFileSync(file));
    if (!certificate.verify(issuer.publicKey)) return false;
    const isFresh = Date.parse(certificate.validTo) - now > renewDays * dayMs && Date.parse(certificate.validFrom) <= now;
    return isFresh && names.every((name) => (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined);
  } catch {
    return false;
  }
}

// The folder appears as a whole, with its authority in it.
async function makeAuthority(folder: string, now: number): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(16).toString('hex'),
    name: `CN=Lazaret authority of ${hostname()}`,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const temporary = `${folder}.${randomBytes(6).toString('hex')}`;
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(temporary, 'ca-key.pem'), await privatePem(keys.privateKey), { mode: 0o600 });
  writeFileSync(path.join(temporary, 'ca.pem'), `${certificate.toString('pem')}\n`, { mode: 0o644 });
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!exists(path.join(folder, 'ca.pem'))) throw new LazaretError('unreachable', `${folder} cannot be made: ${(error as Error).message}`, { cause: error });
  }
}

async function makeServer(folder: string, names: readonly string[], now: number): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = new x509.X509Certificate(readFileSync(path.join(folder, 'ca.pem'), 'utf8'));
  const signingKey = await importPrivate(readFileSync(path.join(folder, 'ca-key.pem'), 'utf8'));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    subject: 'CN=Lazaret',
    issuer: authority.subject,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(Math.min(now + serverDays * dayMs, authority.notAfter.getTime())),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']),
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }))),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  const file = path.join(folder, 'server.pem');
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(temporary, `${certificate.toString('pem')}\n${await privatePem(keys.privateKey)}`, { mode: 0o600 });
  renameSync(temporary, file);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${bytes
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd()}\n-----END PRIVATE KEY-----\n`;
}

async function importPrivate(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
}

function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}
