import { findRegistryImages, type NamedImage } from '#app/find-registry-images.ts';
import { operation } from '../../../operation.ts';
import type { InputOf } from '../../../parameters.ts';
import type { Refusal } from '../../../refusal.ts';
import { isRefusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { registryIdOf, repositoryIdOf } from '../../ids.ts';
import { registryKindOf, sourceIpParameter } from '../scan-selection.ts';
import { createdTask, startTask } from '../task-start.ts';
import type { PublicCreateImageScanTaskResponse } from '../task-types.ts';

const text = { kind: 'text', max: 512 } as const;
const time = { kind: 'integer', min: 0, max: 8.64e15 } as const;

// The page names the keys in one way and writes its example in the other.
const imageFields = {
  RegistryType: text,
  registryType: text,
  RepoId: text,
  repoId: text,
  InstanceId: text,
  instanceId: text,
  RepoNamespace: text,
  repoNamespace: text,
  RegionId: text,
  regionId: text,
  RepoName: text,
  repoName: text,
  Digest: text,
  digest: text,
  Tag: text,
  tag: text,
  CreateTime: time,
  createTime: time,
  UpdateTime: time,
  updateTime: time,
} as const;

const mostImages = 100;

/** Makes images of registered registries known that may not be yet, and queues a scan of them. */
export const publicSyncAndCreateImageScanTask = operation({
  action: 'PublicSyncAndCreateImageScanTask',
  lasting: false,
  changes: true,
  parameters: {
    Images: { kind: 'list', max: mostImages, item: { kind: 'object', fields: imageFields }, required: true },
    SourceIp: sourceIpParameter,
  },
  async run(call, input): Promise<PublicCreateImageScanTaskResponse | Refusal> {
    const named: NamedImage[] = [];
    for (const image of input.Images) {
      const read = readImage(image);
      if (isRefusal(read)) return read;
      named.push(read);
    }
    const found = await findRegistryImages(call.app, call.accountId, named);
    return { Data: createdTask(await startTask(call, found), call.app.clock()) };
  },
});

function readImage(image: InputOf<typeof imageFields>): NamedImage | Refusal {
  const type = image.RegistryType ?? image.registryType;
  const kind = type === undefined ? undefined : registryKindOf(type);
  if (type !== undefined && kind === undefined) return refuse('InvalidRegistryType');
  const instance = image.InstanceId ?? image.instanceId;
  const repository = image.RepoId ?? image.repoId;
  const region = image.RegionId ?? image.regionId;
  const namespace = image.RepoNamespace ?? image.repoNamespace;
  const name = image.RepoName ?? image.repoName;
  const tag = image.Tag ?? image.tag;
  const digest = (image.Digest ?? image.digest)?.toLowerCase();
  const createdAt = image.CreateTime ?? image.createTime ?? image.UpdateTime ?? image.updateTime;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(instance === undefined ? {} : { registryId: registryIdOf(instance) }),
    ...(repository === undefined ? {} : { repositoryId: repositoryIdOf(repository) }),
    ...(region === undefined ? {} : { region }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest.startsWith('sha256:') ? digest : `sha256:${digest}` }),
    ...(createdAt === undefined ? {} : { createdAt }),
  };
}
