import { LazaretError } from '#domain/error.ts';
import type { AffectedImage, App } from './app.ts';

type RuleApp = Pick<App, 'store' | 'clock'>;

/** The findings meant, each by its id, and the list in which rules of single findings stand. */
export interface NamedFindings {
  readonly accountId: string;
  readonly list: string;
  readonly ids: readonly number[];
}

/** Allows single findings: each content at its path of its image, and nowhere else. All of them or none. @throws LazaretError 'not-found', 'limit'. */
export async function allowFindings(app: RuleApp, named: NamedFindings): Promise<void> {
  const { accountId, list } = named;
  await app.store.transaction(async () => {
    const known = new Set((await rulesOf(app, named)).map(({ extra }) => extra['finding']));
    for (const { finding } of await findAll(app, named)) {
      const id = String(finding.id);
      if (known.has(id)) continue;
      const conditions = [
        { field: 'sha256', match: 'equals', value: finding.sha256 },
        { field: 'path', match: 'equals', value: finding.path },
      ] as const;
      await app.store.allowRules.add(
        { accountId, list, conditions, repositories: [], imageIds: [finding.imageId], note: '', extra: { finding: id } },
        app.clock(),
      );
    }
  });
}

/** Takes that back. @throws LazaretError 'not-found'; 'conflict' where another rule allows one of them. */
export async function disallowFindings(app: RuleApp, named: NamedFindings): Promise<void> {
  await app.store.transaction(async () => {
    for (const { id } of await rulesOf(app, named)) await app.store.allowRules.remove(named.accountId, id, app.clock());
    const kept = (await findAll(app, named)).find(({ finding }) => finding.state === 'allowed');
    if (kept !== undefined) throw new LazaretError('conflict', `a rule allows finding ${kept.finding.id}: change or remove that rule`);
  });
}

async function rulesOf({ store }: RuleApp, { accountId, list, ids }: NamedFindings) {
  return (await store.allowRules.list({ accountId, list, extra: { finding: ids.map(String) }, offset: 0, limit: ids.length })).rows;
}

async function findAll({ store }: RuleApp, { accountId, ids }: NamedFindings): Promise<readonly AffectedImage[]> {
  const { rows } = await store.samples.affected({ accountId, ids, offset: 0, limit: ids.length, by: 'firstSeen', order: 'asc' });
  const found = new Set(rows.map(({ finding }) => finding.id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw new LazaretError('not-found', `there is no finding ${missing}`);
  return rows;
}
