import { submitFileDetection } from '#app/submit-file-detection.ts';
import { hashKeyPattern, uploadKeyOf } from '#app/upload-folder.ts';
import { LazaretError } from '#domain/error.ts';
import { operation } from '../../../operation.ts';
import type { InputOf } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import type { AlibabaCode } from '../../errors.ts';
import { refuse } from '../../errors.ts';
import { detectTypeParameter, hashKeyParameter } from '../file-parameters.ts';

const parameters = {
  Type: detectTypeParameter,
  HashKey: hashKeyParameter,
  OssKey: { kind: 'text', max: 1024 },
  DownloadUrl: { kind: 'text', max: 4096 },
  Decompress: { kind: 'boolean' },
  DecompressMaxLayer: { kind: 'integer', min: 1, max: 5 },
  DecompressMaxFileCount: { kind: 'integer', min: 1, max: 1000 },
  SourceIp: { kind: 'text', max: 64 },
} as const;

type Input = InputOf<typeof parameters>;

/** Type 6: archives of skills for assistants, which need a judge of another kind. */
const skillArchive = 6;

/** Queues the detection of one file, which was uploaded before or is fetched from its URL. */
export const createFileDetect = operation({
  action: 'CreateFileDetect',
  lasting: false,
  changes: true,
  parameters,
  async run(call, input) {
    const request = readRequest(input, (hashKey) => uploadKeyOf(call.accountId, hashKey));
    if (isRefusal(request)) return request;
    try {
      await submitFileDetection(call.app, call.accountId, request);
    } catch (error) {
      if (error instanceof LazaretError && error.code === 'not-found') return refuse('IllegalParam', notUploaded);
      throw error;
    }
    return { HashKey: request.hashKey };
  },
});

const notUploaded = {
  en: 'There is no uploaded file with this HashKey. Upload it with the parameters of CreateFileDetectUploadUrl first, or give a DownloadUrl.',
  zh: '未找到该 HashKey 对应的已上传文件，请先通过 CreateFileDetectUploadUrl 上传，或指定 DownloadUrl。',
} as const;

function readRequest(input: Input, uploadKey: (hashKey: string) => string): Parameters<typeof submitFileDetection>[2] | Refusal<AlibabaCode> {
  const { HashKey: hashKey, OssKey, DownloadUrl } = input;
  if (input.Type === skillArchive)
    return refuse('IllegalParam', { en: 'Skill archives (Type 6) are not detected.', zh: '不支持 Skill 压缩包检测（Type 6）。' });
  if (hashKey === undefined) return refuse('MissingHashKey');
  if (!hashKeyPattern.test(hashKey)) return refuse('InvalidHashKey');
  if (OssKey !== undefined && OssKey !== uploadKey(hashKey)) return refuse('InvalidOssKey');
  if (OssKey === undefined && DownloadUrl !== undefined && !isUrl(DownloadUrl)) return refuse('InvalidDownloadUrl');
  const unpack = readUnpack(input);
  if (isRefusal(unpack)) return unpack;
  return { hashKey, url: OssKey === undefined ? DownloadUrl : undefined, unpack };
}

function readUnpack({ Decompress, DecompressMaxLayer: layers, DecompressMaxFileCount: files }: Input) {
  if (Decompress !== true) return undefined;
  if (layers === undefined) return refuse('MissingDecompressMaxLayer');
  if (files === undefined) return refuse('MissingDecompressMaxFileCount');
  return { layers, files };
}

function isUrl(text: string): boolean {
  const protocol = URL.parse(text)?.protocol;
  return protocol === 'http:' || protocol === 'https:';
}
