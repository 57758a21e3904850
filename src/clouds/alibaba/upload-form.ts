import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Vault } from '#lib/vault.ts';

/** What a caller puts into the form of an upload, with names and meaning as Object Storage Service has them (PostObject). */
export interface UploadForm {
  readonly accessId: string;
  /** Base64 of JSON: until when and for what the form is good. */
  readonly policy: string;
  /** Base64 of HMAC-SHA1 over the policy's text. */
  readonly signature: string;
  readonly key: string;
}

/** What a form allows. */
export interface UploadGrant {
  readonly key: string;
  readonly maxBytes: number;
}

/** An error of an upload, as Object Storage Service names it. */
export interface UploadRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Makes a form that lets its holder put one file of at most `maxBytes` under `key` until `expiresAt`. Its access id and its signing key follow
 * from the vault, so that any server with the same master key takes it, and nothing of it has to be remembered.
 */
export function makeUploadForm(vault: Vault, grant: UploadGrant, expiresAt: number): UploadForm {
  const expiration = new Date(expiresAt).toISOString();
  const conditions = [
    ['eq', '$key', grant.key],
    ['content-length-range', 0, grant.maxBytes],
  ];
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
  const secret = vault.derive(purpose);
  const accessId = `${idPrefix}${createHmac('sha256', secret).update(`access id\n${policy}`).digest('hex').slice(0, 24)}`;
  return { accessId, policy, signature: sign(secret, accessId, policy).toString('base64'), key: grant.key };
}

/** Reads the fields of a form (names in lower case), or says why it is no good. The policy is trusted only after its signature. */
export function readUploadForm(vault: Vault, fields: ReadonlyMap<string, string>, now: number): UploadGrant | UploadRefusal {
  const [accessId, policy, signature, key] = ['ossaccesskeyid', 'policy', 'signature', 'key'].map((name) => fields.get(name));
  if (accessId === undefined || policy === undefined || signature === undefined)
    return denied('Anonymous access is forbidden for this operation: OSSAccessKeyId, policy and Signature must stand before the file.');
  if (key === undefined) return refusal(400, 'MalformedPOSTRequest', 'The form has no key before the file.');
  if (!accessId.startsWith(idPrefix)) return refusal(403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.');
  if (!isSame(Buffer.from(signature, 'base64'), sign(vault.derive(purpose), accessId, policy)))
    return refusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
  return readPolicy(policy, key, now);
}

export function isUploadRefusal(value: UploadGrant | UploadRefusal): value is UploadRefusal {
  return 'code' in value;
}

const purpose = 'uploads';
const idPrefix = 'LUP.';

function sign(secret: Buffer, accessId: string, policy: string): Buffer {
  const key = createHmac('sha256', secret).update(`signing key\n${accessId}`).digest('hex');
  return createHmac('sha1', key).update(policy).digest();
}

function isSame(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}

// Only what `makeUploadForm` wrote comes here.
function readPolicy(text: string, key: string, now: number): UploadGrant | UploadRefusal {
  const policy = JSON.parse(Buffer.from(text, 'base64').toString()) as { readonly expiration: string; readonly conditions: readonly (readonly unknown[])[] };
  const expiresAt = Date.parse(policy.expiration);
  if (!(now < expiresAt)) return denied('Invalid according to Policy: Policy expired.');
  const granted = policy.conditions.find(([kind, name]) => kind === 'eq' && name === '$key')?.[2];
  if (granted !== key) return denied('Invalid according to Policy: Policy Condition failed: ["eq", "$key"]');
  const maxBytes = policy.conditions.find(([kind]) => kind === 'content-length-range')?.[2];
  return { key, maxBytes: Number(maxBytes) };
}

function denied(message: string): UploadRefusal {
  return refusal(403, 'AccessDenied', message);
}

function refusal(status: number, code: string, message: string): UploadRefusal {
  return { status, code, message };
}
