import { findKnownUploads } from '#app/find-known-uploads.ts';
import { defaultUploadBytes, hashKeyPattern, uploadKeyOf } from '#app/upload-folder.ts';
import type { Call } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { makeUploadForm } from '../../upload-form.ts';
import { uploadPathname } from '../../uploads.ts';
import { detectTypeParameter, hashKeyParameter } from '../file-parameters.ts';

const mostKeys = 100;
/** How long a form is good, ms. */
const formMs = 3600_000;

/** Gives a form for uploading each of the files that are not known yet. */
export const createFileDetectUploadUrl = operation({
  action: 'CreateFileDetectUploadUrl',
  lasting: false,
  changes: false,
  parameters: {
    Type: detectTypeParameter,
    HashKeyList: { kind: 'list', max: mostKeys, item: hashKeyParameter },
    HashKeyContextList: {
      kind: 'list',
      max: mostKeys,
      item: {
        kind: 'object',
        fields: { HashKey: { ...hashKeyParameter, required: true }, FileSize: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER } },
      },
    },
    SourceIp: { kind: 'text', max: 64 },
  },
  async run(call, input) {
    const sizes = new Map<string, number | undefined>();
    for (const { HashKey, FileSize } of input.HashKeyContextList ?? []) sizes.set(HashKey, FileSize);
    for (const hashKey of input.HashKeyList ?? []) sizes.set(hashKey, sizes.get(hashKey));
    const hashKeys = [...sizes.keys()];
    if (hashKeys.length === 0) return refuse('MissingHashKeyList');
    if (!hashKeys.every((hashKey) => hashKeyPattern.test(hashKey))) return refuse('InvalidHashKey');
    const known = await findKnownUploads(call.app, call.accountId, hashKeys);
    return { UploadUrlList: hashKeys.map((hashKey) => uploadUrl(call, { hashKey, isKnown: known.has(hashKey), size: sizes.get(hashKey) ?? 0 })) };
  },
});

interface UploadUrl {
  readonly HashKey: string;
  readonly FileExist: boolean;
  readonly Code: string;
  readonly Message: string;
  /** The rest is left out where nothing may be uploaded. Milliseconds since 1970 as text. */
  readonly Expire?: string;
  readonly PublicUrl?: string;
  readonly InternalUrl?: string;
  readonly Context?: { readonly AccessId: string; readonly OssKey: string; readonly Policy: string; readonly Signature: string };
}

function uploadUrl(call: Call, file: { readonly hashKey: string; readonly isKnown: boolean; readonly size: number }): UploadUrl {
  const { vault, clock, uploadBytes: maxBytes = defaultUploadBytes } = call.app;
  const row = { HashKey: file.hashKey, FileExist: file.isKnown };
  if (file.size > maxBytes) return { ...row, Code: 'FileSizeExceeded', Message: tooLarge(call, maxBytes) };
  const expiresAt = clock() + formMs;
  const form = makeUploadForm(vault, { key: uploadKeyOf(call.accountId, file.hashKey), maxBytes }, expiresAt);
  const url = `${call.baseUrl}${uploadPathname}`;
  // Clients read OssKey of a file that exists already too.
  const context = { AccessId: form.accessId, OssKey: form.key, Policy: form.policy, Signature: form.signature };
  return { ...row, PublicUrl: url, InternalUrl: url, Expire: String(expiresAt), Code: '200', Message: 'successful', Context: context };
}

function tooLarge({ language }: Call, maxBytes: number): string {
  return language === 'zh' ? `文件大小超过限制（${maxBytes} 字节）。` : `The file is larger than ${maxBytes} bytes.`;
}
