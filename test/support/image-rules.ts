import type { ImageEventOperation } from '#clouds/alibaba/sas/image-rules.ts';
import { addImageEventOperation } from '#clouds/alibaba/sas/operations/AddImageEventOperation.ts';
import { deleteImageEventOperation } from '#clouds/alibaba/sas/operations/DeleteImageEventOperation.ts';
import { describeAffectedMaliciousFileImages } from '#clouds/alibaba/sas/operations/DescribeAffectedMaliciousFileImages.ts';
import { getImageEventOperation } from '#clouds/alibaba/sas/operations/GetImageEventOperation.ts';
import { askAlibabaWell } from './alibaba-call.ts';
import type { TestCall } from './cloud-call.ts';

/** Where findings are and their Status, as `reference path status`, sorted. */
export async function statusesOf(call: TestCall): Promise<readonly string[]> {
  const answer = await askAlibabaWell(describeAffectedMaliciousFileImages, call, { CurrentPage: 1, PageSize: '100' });
  return answer.AffectedMaliciousFileImagesResponse.map(({ Image, FilePath, Status }) => `${Image} ${FilePath} ${Status}`).sort();
}

/** A rule by the MD5 of a content, as a caller writes it. */
export function ruleByMd5(md5: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { EventType: 'maliciousFile', OperationCode: 'whitelist', Conditions: conditionsText(['MD5', 'equals', md5]), ...more };
}

export function conditionsText(...conditions: readonly (readonly [condition: string, type: string, value: string])[]): string {
  return JSON.stringify(conditions.map(([condition, type, value]) => ({ condition, type, value })));
}

/** Adds a rule as a caller would, and gives it as it is read. */
export async function addRule(call: TestCall, raw: Readonly<Record<string, unknown>>): Promise<ImageEventOperation> {
  return readRule(call, (await askAlibabaWell(addImageEventOperation, call, raw)).Data.Id);
}

export async function readRule(call: TestCall, Id: number): Promise<ImageEventOperation> {
  return (await askAlibabaWell(getImageEventOperation, call, { Id })).Data;
}

export async function removeRule(call: TestCall, Id: number): Promise<void> {
  await askAlibabaWell(deleteImageEventOperation, call, { Id });
}
