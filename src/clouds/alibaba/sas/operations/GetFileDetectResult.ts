import { findFileDetections } from '#app/find-file-detections.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { detectTypeParameter, hashKeyParameter } from '../file-parameters.ts';
import { resultRow, unknownFileText } from '../file-results.ts';

/**
 * What became of files, one entry for each hash. Where nothing is known of any of them the whole call is refused with the code that makes
 * the vendor's clients upload the file: they do not look at the code of an entry.
 */
export const getFileDetectResult = operation({
  action: 'GetFileDetectResult',
  lasting: false,
  parameters: {
    Type: detectTypeParameter,
    HashKeyList: { kind: 'list', max: 100, item: hashKeyParameter, required: true },
    SourceIp: { kind: 'text', max: 64 },
  },
  async run(call, input) {
    const hashKeys = [...new Set(input.HashKeyList)];
    if (hashKeys.length === 0) return refuse('MissingHashKeyList');
    const found = await findFileDetections(call.app, call.accountId, hashKeys);
    if (found.size === 0) return refuse('GetResultFail', unknownFileText);
    return { ResultList: hashKeys.map((hashKey) => resultRow(hashKey, found.get(hashKey), call.language)) };
  },
});
