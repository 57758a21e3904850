import type { TextCondition } from '#app/app.ts';
import type { FindingOrder } from '#app/list-image-findings.ts';
import type { Severity } from '#domain/severity.ts';
import type { InputOf } from '../../parameters.ts';
import type { Refusal } from '../../refusal.ts';
import { isRefusal } from '../../refusal.ts';
import type { TencentCode } from '../errors.ts';
import type { filtersParameter } from '../filters.ts';
import { readChoices, readFilters } from '../filters.ts';
import { riskLevelFilters } from './shapes.ts';

/** The fields by which lists of an image's viruses can be ordered. */
export const virusOrders = {
  LatestScanTime: 'lastSeen',
  FirstScanTime: 'firstSeen',
  RiskLevel: 'severity',
  Size: 'size',
  Path: 'path',
  VirusName: 'name',
  FileName: 'fileName',
} as const satisfies Readonly<Record<string, FindingOrder>>;

const keys = { Name: 'Name', RiskLevel: 'RiskLevel', Level: 'RiskLevel' } as const;

/** Reads the filters of lists of an image's viruses: Name (of the malware or the file), RiskLevel or Level. */
export function readVirusFilter(
  filters: InputOf<{ readonly Filters: typeof filtersParameter }>['Filters'],
): { readonly names?: TextCondition; readonly severities?: readonly Severity[] } | Refusal<TencentCode> {
  const conditions = readFilters(filters, keys);
  if (isRefusal(conditions)) return conditions;
  const severities = readChoices(conditions.get('RiskLevel'), 'RiskLevel', riskLevelFilters);
  if (isRefusal(severities)) return severities;
  const names = conditions.get('Name');
  return { ...(names === undefined ? {} : { names }), ...(severities === undefined ? {} : { severities }) };
}
