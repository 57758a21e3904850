import { allowFindings, disallowFindings } from '#app/allow-findings.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { successWithStatus } from '../malicious-file-rules.ts';

/** The list in which rules of single files stand. */
const list = 'handled-file';

/** Puts single malicious files, by the Id of an affected image's row, on the white list or takes them off it: all of them or none. */
export const handleMaliciousFiles = operation({
  action: 'HandleMaliciousFiles',
  lasting: false,
  changes: true,
  parameters: {
    FileIdList: { kind: 'list', max: 100, required: true, item: { kind: 'integer', min: 1, max: Number.MAX_SAFE_INTEGER } },
    Operation: { kind: 'text', max: 64, required: true },
  },
  async run(call, input) {
    const named = { accountId: call.accountId, list, ids: [...new Set(input.FileIdList)] };
    if (input.Operation === 'addWhitelist') await allowFindings(call.app, named);
    else if (input.Operation === 'offWhitelist') await disallowFindings(call.app, named);
    else return refuse('InvalidOperation');
    return successWithStatus;
  },
});
