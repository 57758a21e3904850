import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAlibaba, askAlibabaWell } from '../../../../../test/support/alibaba-call.ts';
import { openCall } from '../../../../../test/support/cloud-call.ts';
import { addRegistry } from '../../../../../test/support/scan-tasks.ts';
import { anImage, someTime, storeImage } from '../../../../../test/support/stored-images.ts';
import { instanceId, repoId } from '../../ids.ts';
import { listRepository } from './ListRepository.ts';

test('repositories of one registry are listed by name, in the forms of this product', async (context) => {
  const call = await openCall(context);
  const id = await addRegistry(call.store, { username: 'robot' });
  await addRegistry(call.store, { name: 'two', address: 'two.example' });
  for (const reference of ['acr.example/shop/cart:1', 'acr.example/shop/cart:2', 'acr.example/base:1', 'two.example/shop/cart:1', 'shop/cart:1'])
    await storeImage(call.store, anImage(reference));
  const InstanceId = instanceId(id);
  const { Repositories, ...rest } = await askAlibabaWell(listRepository, call, { InstanceId });
  assert.deepEqual(rest, { Code: 'success', IsSuccess: true, PageNo: 1, PageSize: 30, TotalCount: '2', NextToken: '', MaxResults: 30 });
  const [, cart] = Repositories;
  assert.deepEqual(cart, {
    InstanceId,
    RepoId: repoId(1),
    RepoName: 'cart',
    RepoNamespaceName: 'shop',
    RepoType: 'PRIVATE',
    RepoStatus: 'NORMAL',
    RepoBuildType: 'MANUAL',
    Summary: '',
    ResourceGroupId: '',
    TagImmutability: false,
    CreateTime: someTime,
    ModifiedTime: someTime,
  });
  const names = async (raw: object): Promise<unknown> => {
    const answer = await askAlibaba(listRepository, call, { InstanceId, ...raw });
    return typeof answer === 'string' ? answer : answer.Repositories.map(({ RepoName }) => RepoName);
  };
  assert.deepEqual(await names({}), ['base', 'cart']);
  assert.deepEqual(await names({ RepoName: 'cart' }), ['cart']);
  assert.deepEqual(await names({ RepoName: 'car' }), []);
  assert.deepEqual(await names({ RepoNamespaceName: 'shop' }), ['cart']);
  assert.deepEqual(await names({ RepoStatus: 'NORMAL' }), ['base', 'cart']);
  assert.deepEqual(await names({ RepoStatus: 'DELETED' }), []);
  assert.deepEqual(await names({ RepoStatus: 'MOON' }), 'InvalidRepoStatus');
});

test('pages by number and by token go to the last one and beyond', async (context) => {
  const call = await openCall(context);
  const InstanceId = instanceId(await addRegistry(call.store));
  for (let index = 0; index < 5; index++) await storeImage(call.store, anImage(`acr.example/team/app${index}:1`));
  const ask = (raw: object) => askAlibabaWell(listRepository, call, { InstanceId, ...raw });
  const last = await ask({ PageNo: 3, PageSize: 2 });
  assert.deepEqual([last.PageNo, last.PageSize, last.TotalCount, last.Repositories[0]?.RepoName, last.NextToken], [3, 2, '5', 'app4', '']);
  assert.equal((await ask({ PageNo: 4, PageSize: 2 })).Repositories.length, 0);
  const seen: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ask({ MaxResults: 2, ...(NextToken === undefined ? {} : { NextToken }) });
    assert.equal(page.MaxResults, 2);
    seen.push(...page.Repositories.map(({ RepoName }) => RepoName));
    ({ NextToken } = page);
  } while (NextToken !== '');
  assert.deepEqual(seen, ['app0', 'app1', 'app2', 'app3', 'app4']);
  assert.equal(await askAlibaba(listRepository, call, { InstanceId, NextToken: 'nonsense' }), 'InvalidNextToken');
});

test('a registry must be named, and be the account’s', async (context) => {
  const call = await openCall(context);
  const InstanceId = instanceId(await addRegistry(call.store));
  assert.equal(await askAlibaba(listRepository, call, {}), 'MissingInstanceId');
  assert.equal(await askAlibaba(listRepository, call, { InstanceId, PageSize: 101 }), 'InvalidPageSize');
  await assert.rejects(askAlibaba(listRepository, call, { InstanceId: 'cri-nonsense' }), { code: 'not-found' });
  await assert.rejects(askAlibaba(listRepository, { ...call, accountId: 'other' }, { InstanceId }), { code: 'not-found' });
});
