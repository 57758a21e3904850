import { someTime } from '../../support/stored-images.ts';
import { because, type CaseGroup } from '../surface.ts';
import type { World } from '../world.ts';
import { reasons, successOf } from './reasons.ts';

const facts = { EventName: 'ALL', Operator: 'strEqual', Source: 'agentless', TargetType: 'ALL', TargetValue: 'ALL' };
const least = { Field: 'fileMd5', FieldValue: 'a'.repeat(32) };
const full = { ...facts, Field: 'filePath', FieldValue: '/srv/tool', EventName: 'Linux.HackTool.Scan' };

let rules = 0;

// Each rule differs from the others in everything that may differ.
async function addRule({ store, accountId }: World): Promise<number> {
  rules++;
  const [field, name] = rules % 2 === 0 ? (['md5', 'fileMd5'] as const) : (['sha256', 'fileSha256'] as const);
  const value = String(rules % 10).repeat(field === 'md5' ? 32 : 64);
  const extra = { ...facts, Field: name, FieldValue: value, EventName: rules % 2 === 0 ? 'ALL' : 'Linux.Worm.Old' };
  const conditions = [{ field, match: 'equals', value }] as const;
  const rule = { accountId, list: 'malicious-file', conditions, repositories: [], imageIds: [], note: `note ${rules}`, extra };
  return store.allowRules.add(rule, someTime + rules);
}

async function findingIds({ store, accountId, images }: World): Promise<readonly number[]> {
  const { rows } = await store.samples.affected({
    accountId,
    scope: { imageIds: [images.infected, images.mild] },
    offset: 0,
    limit: 3,
    by: 'firstSeen',
    order: 'asc',
  });
  return rows.map(({ finding }) => finding.id);
}

const actions = ['Create', 'Update', 'BatchUpdate', 'Delete', 'BatchDelete', 'Get'].map((verb) => `${verb}MaliciousFileWhitelistConfig`);
const single = ['Operator', 'Source', 'TargetType', 'TargetValue'];

/** Rules for malicious files, and handling of single ones. */
export const fileRuleGroup: CaseGroup = {
  cases: {
    CreateMaliciousFileWhitelistConfig: [least, { ...full, Remark: 'known' }],
    UpdateMaliciousFileWhitelistConfig: [least, async (world) => ({ ConfigId: await addRule(world), ...full, Remark: 'known' })],
    BatchUpdateMaliciousFileWhitelistConfig: [
      async (world) => ({ ConfigList: [{ ConfigId: await addRule(world), FieldValue: 'b'.repeat(rules % 2 === 0 ? 32 : 64) }] }),
      async (world) => ({ ConfigList: [least, { ConfigId: await addRule(world), ...full }] }),
    ],
    DeleteMaliciousFileWhitelistConfig: [async (world) => ({ ConfigId: await addRule(world) })],
    BatchDeleteMaliciousFileWhitelistConfig: [async (world) => ({ ConfigIdList: [await addRule(world), await addRule(world)] })],
    GetMaliciousFileWhitelistConfig: [async (world) => ({ ConfigId: await addRule(world) }), async (world) => ({ ConfigId: await addRule(world) })],
    ListMaliciousFileWhitelistConfigs: [
      async (world) => {
        for (let count = 0; count < 4; count++) await addRule(world);
        return {};
      },
      { CurrentPage: 2, PageSize: 3, EventName: 'ALL', Source: 'agentless', Lang: 'en' },
      { Source: 'image' },
      async (world) => ({ IdList: await addRule(world) }),
    ],
    HandleMaliciousFiles: [
      async (world) => ({ FileIdList: await findingIds(world), Operation: 'addWhitelist' }),
      async (world) => ({ FileIdList: await findingIds(world), Operation: 'offWhitelist' }),
    ],
  },
  silent: {
    ...successOf([...actions, 'ListMaliciousFileWhitelistConfigs', 'HandleMaliciousFiles'], ['Code', 'Message', 'Success', 'HttpStatusCode']),
    ...because(reasons.oneFileRule, 'CreatedWhitelistConfig', single),
    ...because(reasons.oneFileRule, 'WhitelistConfig', single),
    ...because(reasons.oneFileRule, 'WhitelistConfigRow', single),
    ...because(reasons.noSelections, 'WhitelistConfigRow', ['Count']),
    ...because(reasons.noSelections, 'CreatedWhitelistConfig', ['Count']),
    ...because(reasons.noSelections, 'WhitelistConfig', ['Count']),
  },
};
