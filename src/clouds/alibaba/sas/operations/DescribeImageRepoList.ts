import type { RepositoryConditions } from '#app/app.ts';
import { countGuardedRepositories, listGuardedRepositories } from '#app/guarded-repositories.ts';
import { operation } from '../../../operation.ts';
import { refuse } from '../../errors.ts';
import { currentPageParameter, pageInfo, pageSizeParameter, readPage } from '../../page.ts';
import { part } from '../selection.ts';

const text = { kind: 'text', max: 512 } as const;
const imageRepo = 'image_repo';
const fields: Readonly<Record<string, 'names' | 'namespaces'>> = { repoName: 'names', repoNamespace: 'namespaces' };

/** Repositories by whether their registry has new images of theirs scanned, and how many there are of both; without the list where only that is counted. */
export const describeImageRepoList = operation({
  action: 'DescribeImageRepoList',
  lasting: true,
  parameters: {
    Type: { ...text, required: true },
    TargetType: { ...text, required: true },
    OperateType: text,
    FieldName: text,
    FieldValue: text,
    RepoName: text,
    RepoNamespace: text,
    Selected: { kind: 'integer', min: 0, max: 1 },
    CurrentPage: currentPageParameter,
    PageSize: pageSizeParameter,
  },
  async run(call, input) {
    const { Type, TargetType, OperateType = 'other', FieldName, FieldValue, RepoName, RepoNamespace, Selected } = input;
    if (Type !== imageRepo) return refuse('InvalidType');
    if (TargetType !== imageRepo) return refuse('InvalidTargetType');
    if (OperateType !== 'count' && OperateType !== 'other') return refuse('InvalidOperateType');
    const field = FieldName === undefined ? undefined : Object.hasOwn(fields, FieldName) ? fields[FieldName] : 'unknown';
    if (field === 'unknown') return refuse('InvalidFieldName');
    const every: RepositoryConditions[] = [
      ...(RepoName === undefined ? [] : [{ names: part(RepoName) }]),
      ...(RepoNamespace === undefined ? [] : [{ namespaces: part(RepoNamespace) }]),
      // By the vendor's word the field counts for nothing where only numbers are asked for.
      ...(field === undefined || FieldValue === undefined || OperateType === 'count' ? [] : [{ [field]: part(FieldValue) }]),
    ];
    const counts = await countGuardedRepositories(call.app, call.accountId);
    const guarded = Selected === undefined ? {} : { guarded: Selected === 1 };
    const page = OperateType === 'count' ? { offset: 0, limit: 0 } : readPage(input);
    const repositories = await listGuardedRepositories(call.app, call.accountId, { ...page, every, ...guarded });
    return {
      AllTargetCount: counts.all,
      AddTargetCount: counts.guarded,
      DelTargetCount: counts.all - counts.guarded,
      PageInfo: pageInfo(input, repositories),
      ImageRepoList: repositories.rows.map(({ repository, guarded: isGuarded }) => ({
        RepoName: repository.name,
        RepoNamespace: repository.namespace,
        ImageCount: repository.images,
        Flag: isGuarded ? 'add' : 'del',
      })),
    };
  },
});
