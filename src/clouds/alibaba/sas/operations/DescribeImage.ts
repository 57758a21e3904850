import { findCurrentTag } from '#app/find-current-tag.ts';
import { operation } from '../../../operation.ts';
import { bareDigest, registryIdOf, repositoryIdOf } from '../../ids.ts';

const text = { kind: 'text', max: 256, required: true } as const;

/** The digest of the image that a tag names now. */
export const describeImage = operation({
  action: 'DescribeImage',
  lasting: true,
  parameters: { ImageInstanceId: text, ImageRegionId: text, ImageRepoId: text, ImageTag: text },
  async run(call, input) {
    const named = await findCurrentTag(call.app, call.accountId, {
      registryId: registryIdOf(input.ImageInstanceId),
      region: input.ImageRegionId,
      repositoryId: repositoryIdOf(input.ImageRepoId),
      tag: input.ImageTag,
    });
    return { Data: { Digest: bareDigest(named.digest) } };
  },
});
