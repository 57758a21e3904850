import type { DescribeAssetImageRegistryAssetStatusResponse } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tcss/v20201101/tcss_models.js';
import { describeSyncs } from '#app/describe-syncs.ts';
import type { AnswerFor } from '../../../operation.ts';
import { operation } from '../../../operation.ts';
import { bareTime } from '../../time.ts';
import { syncStatuses } from '../registry-rows.ts';

/** How the latest updates of all registries went, taken together. */
export const describeAssetImageRegistryAssetStatus = operation({
  action: 'DescribeAssetImageRegistryAssetStatus',
  lasting: true,
  parameters: {},
  async run(call): Promise<AnswerFor<DescribeAssetImageRegistryAssetStatusResponse>> {
    const { state, errors, succeededAt } = await describeSyncs(call.app, call.accountId);
    return { Status: syncStatuses[state], Err: errors.join('\n'), LatestSyncSuccessTime: bareTime(succeededAt, call.zoneMinutes) };
  },
});
