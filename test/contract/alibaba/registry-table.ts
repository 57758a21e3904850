/** Requests and answers of CR 2018-12-01, as its SDK types them. `RequestId` stands in every answer. */
export const registryTable = {
  ListRepositoryRequest: 'InstanceId s!, RepoStatus s, RepoName s, RepoNamespaceName s, PageNo i32, PageSize i32, NextToken s, MaxResults i32',
  ListRepositoryResponse: 'RequestId s, Code s, IsSuccess b, PageNo i32, PageSize i32, TotalCount s, NextToken s, MaxResults i32, Repositories []CrRepository',
  CrRepository:
    'InstanceId s, RepoId s, RepoName s, RepoNamespaceName s, RepoType s, RepoStatus s, RepoBuildType s, Summary s, ResourceGroupId s, TagImmutability b, CreateTime i64, ModifiedTime i64',
} as const;
