import { addAllowRule } from '#app/allow-rules.ts';
import { anImage, storeImage } from '../../support/stored-images.ts';
import { because, type CaseGroup, oneByOne } from '../surface.ts';
import type { World } from '../world.ts';
import { reasons, successOf } from './reasons.ts';

async function addRule({ app, accountId }: World, name: string): Promise<number> {
  const extra = { eventType: name, operationCode: 'whitelist', eventKey: name, eventName: name, source: name === 'other' ? 'agentless' : 'default' };
  const conditions = [{ field: 'path', match: 'startsWith', value: `/${name}` }] as const;
  const repositories = name === 'other' ? [] : ['team/app'];
  return (await addAllowRule(app, { accountId, list: 'image-event', conditions, repositories, imageIds: [], note: name, extra })).id;
}

const conditions = (value: string): string => JSON.stringify([{ condition: 'PATH', type: 'equals', value }]);
const scenario = JSON.stringify({ type: 'repo', value: 'team/app' });
const least = { EventType: 'maliciousFile', OperationCode: 'whitelist', Conditions: conditions('/a') };

/** Rules that put findings of images on the white list. */
export const imageRuleGroup: CaseGroup = {
  cases: {
    AddImageEventOperation: [
      least,
      {
        ...least,
        EventType: 'sensitiveFile',
        Conditions: JSON.stringify([{ condition: 'MD5', type: 'equals', value: '0'.repeat(32) }]),
        Scenarios: scenario,
        EventKey: 'PEM',
        EventName: 'a key',
        Source: 'image',
        Note: 'known',
      },
      { ...least, Source: 'agentless' },
    ],
    UpdateImageEventOperation: [
      async (world) => ({ Id: await addRule(world, 'maliciousFile'), Scenarios: scenario }),
      async (world) => ({ Id: await addRule(world, 'maliciousFile'), Conditions: conditions('/b'), Scenarios: scenario, Source: 'agentless', Note: 'n' }),
    ],
    DeleteImageEventOperation: [async (world) => ({ Id: await addRule(world, 'maliciousFile') })],
    GetImageEventOperation: [
      async (world) => ({ Id: await addRule(world, 'maliciousFile') }),
      async (world) => ({ Id: await addRule(world, 'other'), Lang: 'en' }),
    ],
    DescribeImageEventOperationPage: [
      async (world) => {
        await addRule(world, 'maliciousFile');
        await addRule(world, 'other');
        return {};
      },
      { CurrentPage: 2, PageSize: 1, Lang: 'en' },
      ...oneByOne({}, ['EventType', 'EventKey', 'EventName', 'Source'], () => ({
        EventType: 'other',
        EventKey: 'other',
        EventName: 'other',
        Source: 'agentless',
      })),
      async (world) => {
        const name = { EventType: 'other', EventKey: 'other', EventName: 'other' };
        return { CurrentPage: 1, PageSize: 5, ...name, Source: 'agentless', Id: await addRule(world, 'other') };
      },
    ],
    DescribeImageEventOperationCondition: [
      {},
      async ({ store, accountId }) => {
        await storeImage(store, anImage('team/one-more:1'), { accountId });
        return { EventType: 'sensitiveFile', Lang: 'en' };
      },
    ],
  },
  silent: {
    ...successOf(['AddImageEventOperation', 'UpdateImageEventOperation', 'DeleteImageEventOperation', 'GetImageEventOperation']),
    ...successOf(['DescribeImageEventOperationPage', 'DescribeImageEventOperationCondition']),
    ...because(reasons.oneOperation, 'AddedImageEventOperation', ['OperationCode']),
    ...because(reasons.oneOperation, 'ImageEventOperation', ['OperationCode']),
    ...because(reasons.oneOperation, 'ImageEventChoice', ['OperationCode']),
    ...because(reasons.oneOperation, 'ImageEventCondition', ['SupportedMisType']),
  },
};
