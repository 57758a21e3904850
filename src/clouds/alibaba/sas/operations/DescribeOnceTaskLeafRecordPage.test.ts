import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry, claimNext, scanNext } from '../../../../../test/support/scan-tasks.ts';
import { anImage, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { instanceId, taskId } from '../../ids.ts';
import { describeOnceTaskLeafRecordPage } from './DescribeOnceTaskLeafRecordPage.ts';

const first = { CurrentPage: 1, PageSize: 20, RelateInfo: 'False', TaskType: 'IMAGE_SCAN' };

test('every image of a task has its state, its times and where it is kept', async (context) => {
  const call = await openCall(context);
  await addRegistry(call.store);
  const cart = anImage('acr.example/shop/cart:1');
  const id = await call.store.tasks.create('default', [await storeImage(call.store, cart), await storeImage(call.store, anImage('team/b:1'))], {
    timeoutSeconds: 60,
    at: someTime,
  });
  await scanNext(call.store, someTime + 1000);
  const { OnceTasks, PageInfo } = await askAlibabaWell(describeOnceTaskLeafRecordPage, call, { ...first, RelateInfo: true });
  assert.deepEqual(PageInfo, { CurrentPage: 1, PageSize: 20, TotalCount: 2, Count: 2 });
  const [done, waiting] = OnceTasks;
  const ended = '2025-01-02 03:04:06';
  assert.deepEqual(done, {
    TaskId: taskId(id),
    TaskName: 'IMAGE_SCAN',
    TaskType: 'IMAGE_SCAN',
    Target: cart.digest.slice(7),
    TargetType: 'IMAGE',
    Status: '2',
    StatusText: 'SUCCESS',
    Progress: 100,
    Finish: 1,
    FinishCount: '1',
    TotalCount: '2',
    ResultInfo: 'SUCCESS',
    StartTime: someTime,
    RealRunTime: someTime + 1000,
    EndTime: someTime + 1500,
    TaskImageInfo: {
      RegistryType: 'acr',
      RepoId: 'crr-0000000000000001',
      RepoName: 'cart',
      RepoNamespace: 'shop',
      RepoRegionId: 'cn-hangzhou',
      RegionId: 'cn-hangzhou',
      Tag: '1',
      Digest: cart.digest.slice(7),
      Image: 'acr.example/shop/cart:1',
      ClusterId: '',
      ClusterName: '',
      AppName: '',
      Pod: '',
      NodeName: '',
      NodeIp: '',
      NodeInstanceId: '',
      CostTimeInfo: JSON.stringify({ binary: ended, script: ended, webshell: ended }),
    },
  });
  assert.deepEqual(
    [waiting?.StatusText, waiting?.Progress, waiting?.Finish, waiting?.RealRunTime, waiting?.EndTime, waiting?.ResultInfo],
    ['INIT', 0, 0, undefined, undefined, ''],
  );
  assert.equal((await askAlibabaWell(describeOnceTaskLeafRecordPage, call, first)).OnceTasks[0]?.TaskImageInfo, undefined);
});

test('tasks, states, sources and times choose', async (context) => {
  const call = await openCall(context);
  const ids = [
    await storeImage(call.store, anImage('team/a:1')),
    await storeImage(call.store, anImage('team/b:1')),
    await storeImage(call.store, anImage('team/c:1')),
  ];
  const one = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: someTime, label: 'console_batch' });
  for (const state of ['done', 'failed', 'timeout'] as const) await scanNext(call.store, someTime + 1, state);
  const two = await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: someTime + 5000 });
  await claimNext(call.store, someTime + 5001);
  await call.store.tasks.cancel('default', two, ids.slice(2), someTime + 5002);
  const rows = async (raw: object): Promise<unknown> => {
    const answer = await askAlibaba(describeOnceTaskLeafRecordPage, call, { ...first, ...raw });
    return typeof answer === 'string'
      ? answer
      : answer.OnceTasks.map((row) => `${row.TaskId === taskId(one) ? 'one' : 'two'} ${row.StatusText} ${row.ResultInfo}`.trim());
  };
  const old = ['one SUCCESS SUCCESS', 'one FAIL the registry refused', 'one TIMEOUT TIMEOUT'];
  const fresh = ['two START', 'two INIT', 'two FAIL CANCELLED'];
  assert.deepEqual(await rows({}), [...fresh, ...old]);
  assert.deepEqual(await rows({ TaskId: taskId(one) }), old);
  assert.deepEqual(await rows({ TaskId: 'nonsense' }), []);
  assert.deepEqual(await rows({ Source: 'console_batch' }), old);
  assert.deepEqual(await rows({ Source: 'openapi' }), fresh);
  assert.deepEqual(await rows({ StartTime: someTime + 1 }), fresh);
  assert.deepEqual(await rows({ EndTime: String(someTime) }), old);
  assert.deepEqual(await rows({ StatusList: ['SUCCESS', 'TIMEOUT'] }), [old[0], old[2]]);
  assert.deepEqual(await rows({ StatusList: 'init,START' }), fresh.slice(0, 2));
  assert.deepEqual(await rows({ StatusList: ['FAIL'] }), [fresh[2], old[1]]);
  assert.deepEqual(await rows({ StatusList: ['2', 'TIMOUT', 'PROCESSING'] }), [fresh[0], old[0], old[2]]);
  assert.deepEqual(await rows({ StatusList: ['MOON'] }), 'InvalidStatusList');
  assert.deepEqual(await rows({ TaskType: 'IMAGE_REGISTRY_PULL' }), []);
  assert.deepEqual(await rows({ TaskType: 'ASSETS_COLLECTION' }), []);
  assert.deepEqual(await rows({ StartTime: 'today' }), 'InvalidStartTime');
  assert.deepEqual((await askAlibabaWell(describeOnceTaskLeafRecordPage, { ...call, accountId: 'other' }, first)).OnceTasks, []);
});

test('pages go to the last one and beyond, and what is required must be there', async (context) => {
  const call = await openCall(context);
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.push(await storeImage(call.store, anImage(`team/a:${index}`)));
  await call.store.tasks.create('default', ids, { timeoutSeconds: 60, at: someTime });
  const seen: string[] = [];
  for (const [CurrentPage, Count] of [
    [1, 2],
    [2, 2],
    [3, 1],
    [4, 0],
  ]) {
    const answer = await askAlibabaWell(describeOnceTaskLeafRecordPage, call, { ...first, CurrentPage, PageSize: 2 });
    assert.deepEqual(answer.PageInfo, { CurrentPage, PageSize: 2, TotalCount: 5, Count });
    seen.push(...answer.OnceTasks.map((row) => row.Target));
  }
  assert.equal(new Set(seen).size, 5);
  for (const name of ['CurrentPage', 'PageSize', 'RelateInfo', 'TaskType'])
    assert.equal(await askAlibaba(describeOnceTaskLeafRecordPage, call, { ...first, [name]: undefined }), `Missing${name}`);
});

test('syncs of registries are tasks of another type, each registry with its latest', async (context) => {
  const call = await openCall(context);
  const { registries } = call.store;
  const ids = [await addRegistry(call.store), await addRegistry(call.store, { name: 'two', kind: 'harbor', address: 'two.example', region: '' })];
  await addRegistry(call.store, { name: 'never', address: 'never.example' });
  const [one = 0, two = 0] = ids;
  const done = { startedAt: someTime, finishedAt: someTime + 500, error: '' };
  await registries.setSync('default', one, { ...done, state: 'done' });
  await registries.setSync('default', two, { ...done, state: 'failed', startedAt: someTime + 1000, error: 'the log-in is refused' });
  const ask = (raw: object) => askAlibabaWell(describeOnceTaskLeafRecordPage, call, { ...first, TaskType: 'IMAGE_REGISTRY_PULL', ...raw });
  const { OnceTasks, PageInfo } = await ask({ RelateInfo: true });
  assert.deepEqual(PageInfo, { CurrentPage: 1, PageSize: 20, TotalCount: 2, Count: 2 });
  assert.deepEqual(OnceTasks[1], {
    TaskId: `${'f'.repeat(16)}${'1'.padStart(16, '0')}`,
    TaskName: 'IMAGE_REGISTRY_PULL',
    TaskType: 'IMAGE_REGISTRY_PULL',
    Target: instanceId(one),
    TargetType: 'IMAGE_REPO',
    Status: '2',
    StatusText: 'SUCCESS',
    Progress: 100,
    Finish: 1,
    FinishCount: '1',
    TotalCount: '1',
    ResultInfo: 'SUCCESS',
    StartTime: someTime,
    RealRunTime: someTime,
    EndTime: someTime + 500,
    TaskImageInfo: { RegistryType: 'acr', RegionId: 'cn-hangzhou', RepoRegionId: 'cn-hangzhou' },
  });
  assert.deepEqual([OnceTasks[0]?.StatusText, OnceTasks[0]?.ResultInfo], ['FAIL', 'the log-in is refused']);
  const targets = async (raw: object): Promise<unknown> => (await ask(raw)).OnceTasks.map((row) => row.Target);
  const [earlier, second] = [instanceId(one), instanceId(two)];
  assert.deepEqual(await targets({ StatusList: 'FAIL' }), [second]);
  assert.deepEqual(await targets({ TaskId: OnceTasks[1]?.TaskId }), [earlier]);
  assert.deepEqual(await targets({ TaskId: taskId('1') }), []);
  assert.deepEqual(await targets({ EndTime: someTime }), [earlier]);
  assert.deepEqual(await targets({ StartTime: someTime + 1 }), [second]);
  assert.deepEqual(await targets({ Source: 'openapi' }), [second, earlier]);
  assert.deepEqual(await targets({ Source: 'schedule' }), []);
  assert.deepEqual(await targets({ CurrentPage: 2, PageSize: 1 }), [earlier]);
  await registries.setSync('default', one, { ...done, state: 'queued' });
  const [waiting] = (await ask({})).OnceTasks;
  assert.deepEqual([waiting?.Target, waiting?.StatusText, waiting?.Finish, waiting?.StartTime, waiting?.EndTime], [earlier, 'INIT', 0, undefined, undefined]);
  assert.deepEqual(
    (await askAlibabaWell(describeOnceTaskLeafRecordPage, { ...call, accountId: 'other' }, { ...first, TaskType: 'IMAGE_REGISTRY_PULL' })).OnceTasks,
    [],
  );
});
