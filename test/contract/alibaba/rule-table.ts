const envelope = 'RequestId s, Success b, Code s, Message s';
const wideEnvelope = `${envelope}, HttpStatusCode i32`;
const configFields = 'EventName s, Field s, FieldValue s, Operator s, Source s, TargetType s, TargetValue s';
const operationFields = 'EventType s, OperationCode s, Conditions s, Scenarios s, EventKey s, EventName s, Note s, Source s';

/** SAS: rules that allow malicious files. */
export const ruleTable = {
  CreateMaliciousFileWhitelistConfigRequest: `${configFields}, Remark s`,
  CreateMaliciousFileWhitelistConfigResponse: `${wideEnvelope}, Data CreatedWhitelistConfig`,
  CreatedWhitelistConfig: `Id s, ${configFields}, Count s, GmtCreate s, GmtModified s`,
  UpdateMaliciousFileWhitelistConfigRequest: `ConfigId i64, ${configFields}, Remark s`,
  UpdateMaliciousFileWhitelistConfigResponse: wideEnvelope,
  BatchUpdateMaliciousFileWhitelistConfigRequest: 'ConfigList []WhitelistConfigChange',
  WhitelistConfigChange: `ConfigId i64, ${configFields}`,
  BatchUpdateMaliciousFileWhitelistConfigResponse: wideEnvelope,
  DeleteMaliciousFileWhitelistConfigRequest: 'ConfigId i64',
  DeleteMaliciousFileWhitelistConfigResponse: wideEnvelope,
  BatchDeleteMaliciousFileWhitelistConfigRequest: 'ConfigIdList []i64',
  BatchDeleteMaliciousFileWhitelistConfigResponse: wideEnvelope,
  GetMaliciousFileWhitelistConfigRequest: 'ConfigId i64',
  GetMaliciousFileWhitelistConfigResponse: `${wideEnvelope}, Data WhitelistConfig`,
  ListMaliciousFileWhitelistConfigsRequest: 'CurrentPage i32, PageSize i32, EventName s, Source s, Lang s, IdList i64',
  ListMaliciousFileWhitelistConfigsResponse: `${wideEnvelope}, PageInfo PageInfo, List []WhitelistConfig`,
  WhitelistConfig: `Id i64, ${configFields}, Remark s, Count s, GmtCreate s, GmtModified s`,
  AddImageEventOperationRequest: 'EventType s!, OperationCode s!, Conditions s!, Scenarios s, EventKey s, EventName s, Note s, Source s',
  AddImageEventOperationResponse: `${envelope}, Data ImageEventOperation`,
  ImageEventOperation: `Id i64, ${operationFields}`,
  UpdateImageEventOperationRequest: 'Id i64, Conditions s, Scenarios s, Note s, Source s',
  UpdateImageEventOperationResponse: `${envelope}, Data ImageEventOperationId`,
  ImageEventOperationId: 'Id i64',
  DeleteImageEventOperationRequest: 'Id i64',
  DeleteImageEventOperationResponse: envelope,
  GetImageEventOperationRequest: 'Id i64, Lang s',
  GetImageEventOperationResponse: `${envelope}, Data ImageEventOperation`,
  DescribeImageEventOperationPageRequest: 'CurrentPage i32, PageSize i32, EventType s, EventKey s, EventName s, Id i64, Lang s, Source s',
  DescribeImageEventOperationPageResponse: `${envelope}, Data ImageEventOperationPage`,
  ImageEventOperationPage: 'PageInfo PageInfo, List []ImageEventOperation',
  DescribeImageEventOperationConditionRequest: 'EventType s, Lang s',
  DescribeImageEventOperationConditionResponse: `${envelope}, Data ImageEventConditions`,
  ImageEventConditions: 'EventType s, Scenarios []s, Operations []ImageEventChoice',
  ImageEventChoice: 'OperationCode s, OperationName s, Conditions []ImageEventCondition',
  ImageEventCondition: 'ConditionKey s, ConditionName s, SupportedMisType []s',
} as const;
