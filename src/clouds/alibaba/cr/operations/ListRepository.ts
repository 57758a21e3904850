import type { Repository } from '#app/app.ts';
import { listRepositories } from '#app/list-repositories.ts';
import { findRegistry, type ShownRegistry } from '#app/registries.ts';
import { operation } from '../../../operation.ts';
import type { Refusal } from '../../../refusal.ts';
import { refuse } from '../../errors.ts';
import { instanceId, registryIdOf, repoId } from '../../ids.ts';

const text = { kind: 'text', max: 512 } as const;
const size = { kind: 'integer', min: 1, max: 100 } as const;
const defaultSize = 30;

/** What a repository can be; ours are all NORMAL. */
const statuses = ['NORMAL', 'DELETING', 'DELETED', 'ALL'];

interface ListedRepository {
  readonly InstanceId: string;
  readonly RepoId: string;
  readonly RepoName: string;
  readonly RepoNamespaceName: string;
  readonly RepoType: string;
  readonly RepoStatus: string;
  readonly RepoBuildType: string;
  readonly Summary: string;
  readonly ResourceGroupId: string;
  readonly TagImmutability: boolean;
  readonly CreateTime: number;
  readonly ModifiedTime: number;
}

export interface ListRepositoryResponse {
  readonly Code: string;
  readonly IsSuccess: boolean;
  readonly PageNo: number;
  readonly PageSize: number;
  readonly TotalCount: string;
  readonly NextToken: string;
  readonly MaxResults: number;
  readonly Repositories: readonly ListedRepository[];
}

/** Repositories of a registry, by name; by pages, or each time those that follow a token. */
export const listRepository = operation({
  action: 'ListRepository',
  lasting: true,
  parameters: {
    InstanceId: { ...text, required: true },
    RepoStatus: { kind: 'text', max: 16 },
    RepoName: text,
    RepoNamespaceName: text,
    PageNo: { kind: 'integer', min: 1, max: 2 ** 31 - 1 },
    PageSize: size,
    NextToken: { kind: 'text', max: 64 },
    MaxResults: size,
  },
  async run(call, input): Promise<ListRepositoryResponse | Refusal> {
    const { RepoStatus = 'ALL', RepoName, RepoNamespaceName, NextToken } = input;
    if (!statuses.includes(RepoStatus)) return refuse('InvalidRepoStatus');
    const behind = NextToken === undefined ? undefined : offsetOf(NextToken);
    if (NextToken !== undefined && behind === undefined) return refuse('InvalidNextToken');
    const limit = input.MaxResults ?? input.PageSize ?? defaultSize;
    const offset = behind ?? ((input.PageNo ?? 1) - 1) * limit;
    const registry = await findRegistry(call.app, call.accountId, registryIdOf(input.InstanceId));
    const isNone = RepoStatus === 'DELETING' || RepoStatus === 'DELETED';
    const found = isNone
      ? { total: 0, rows: [] }
      : await listRepositories(call.app, call.accountId, {
          registryIds: [registry.id],
          ...(RepoName === undefined ? {} : { names: { values: [RepoName], exact: true } }),
          ...(RepoNamespaceName === undefined ? {} : { namespaces: { values: [RepoNamespaceName], exact: true } }),
          offset,
          limit,
          by: 'name',
          order: 'asc',
        });
    return {
      Code: 'success',
      IsSuccess: true,
      PageNo: Math.floor(offset / limit) + 1,
      PageSize: limit,
      TotalCount: String(found.total),
      NextToken: offset + found.rows.length < found.total && found.rows.length > 0 ? tokenOf(offset + found.rows.length) : '',
      MaxResults: limit,
      Repositories: found.rows.map((repository) => listedRepository(repository, registry)),
    };
  },
});

function listedRepository({ id, name, namespace, firstSeen, lastSeen }: Repository, registry: ShownRegistry): ListedRepository {
  return {
    InstanceId: instanceId(registry.id),
    RepoId: repoId(id),
    RepoName: name,
    RepoNamespaceName: namespace,
    // What is read without a name and a password is open to all.
    RepoType: registry.username === '' && !registry.hasSecret ? 'PUBLIC' : 'PRIVATE',
    RepoStatus: 'NORMAL',
    // Images are pushed; nothing is built here.
    RepoBuildType: 'MANUAL',
    Summary: '',
    ResourceGroupId: '',
    TagImmutability: false,
    CreateTime: firstSeen,
    ModifiedTime: lastSeen,
  };
}

// Tokens mean a place in the list; that is the server's business, so that they do not look like numbers.
function tokenOf(offset: number): string {
  return Buffer.from(`after ${offset}`).toString('base64url');
}

function offsetOf(token: string): number | undefined {
  const found = /^after (\d{1,10})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  return found === undefined ? undefined : Number(found);
}
