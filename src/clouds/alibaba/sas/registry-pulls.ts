import type { TaskConditions } from '#app/app.ts';
import { listRegistries, type ShownRegistry } from '#app/registries.ts';
import type { ScanState } from '#domain/scan.ts';
import type { Call } from '../../operation.ts';
import { instanceId } from '../ids.ts';
import { openapiSource, resultInfo, scheduleSource, statusNumber, statusText } from './task-shapes.ts';

/** Syncs of registries, the other kind of task that leaf records tell of. */
export const registryPull = 'IMAGE_REGISTRY_PULL';

/** More registries than an account has. */
const mostRegistries = 1000;

type Conditions = Pick<TaskConditions, 'states' | 'from' | 'until'> & {
  readonly id?: string;
  readonly source?: string;
  readonly offset: number;
  readonly limit: number;
};

/** The latest sync of each registry, newest first; those that wait come before all. */
export async function listPulls({ app, accountId }: Call, conditions: Conditions) {
  const { rows } = await listRegistries(app, { accountId, offset: 0, limit: mostRegistries });
  const { states, from = 0, until = Number.POSITIVE_INFINITY, id, source, offset, limit } = conditions;
  const chosen = rows.filter((registry) => {
    const state = stateOf(registry);
    if (state === undefined || states?.includes(state) === false) return false;
    if (id !== undefined && id.toLowerCase() !== pullId(registry.id)) return false;
    if (source !== undefined && source !== sourceOf(registry)) return false;
    const begun = beginOf(registry) ?? registry.updatedAt;
    return from <= begun && begun <= until;
  });
  chosen.sort((left, right) => (beginOf(right) ?? Number.POSITIVE_INFINITY) - (beginOf(left) ?? Number.POSITIVE_INFINITY) || right.id - left.id);
  return { total: chosen.length, rows: chosen.slice(offset, offset + limit) };
}

function stateOf({ sync }: ShownRegistry): Exclude<ScanState, 'cancelled' | 'timeout'> | undefined {
  return sync.state === 'never' ? undefined : sync.state;
}

// What stands there while a sync waits is of the one before.
function beginOf({ sync }: ShownRegistry): number | undefined {
  return sync.state === 'queued' ? undefined : sync.startedAt;
}

function sourceOf({ policy }: ShownRegistry): string {
  return policy.schedule === '' ? openapiSource : scheduleSource;
}

// No scan task has such an id.
function pullId(registryId: number): string {
  return `${'f'.repeat(16)}${registryId.toString(16).padStart(16, '0')}`;
}

/** The sync of a registry as a leaf record. */
export function pullRecord(registry: ShownRegistry, related: boolean) {
  const { kind, region, sync } = registry;
  const state = stateOf(registry) ?? 'queued';
  const isEnded = state === 'done' || state === 'failed';
  const begun = beginOf(registry);
  return {
    TaskId: pullId(registry.id),
    TaskName: registryPull,
    TaskType: registryPull,
    Target: instanceId(registry.id),
    TargetType: 'IMAGE_REPO',
    Status: String(statusNumber(state)),
    StatusText: statusText(state),
    Progress: isEnded ? 100 : 0,
    Finish: isEnded ? 1 : 0,
    FinishCount: isEnded ? '1' : '0',
    TotalCount: '1',
    ResultInfo: resultInfo(state, sync.error),
    ...(begun === undefined ? {} : { StartTime: begun, RealRunTime: begun }),
    ...(isEnded && sync.finishedAt !== undefined ? { EndTime: sync.finishedAt } : {}),
    ...(related ? { TaskImageInfo: { RegistryType: kind, RegionId: region, RepoRegionId: region } } : {}),
  };
}
