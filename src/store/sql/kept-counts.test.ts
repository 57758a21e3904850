import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { testFolder } from '../../../test/support/folder.ts';
import { finding, imageRecord, sha, verdict } from '../contract/samples.ts';
import { openStore } from '../index.ts';
import type { ImageScope, NewAllowRule, Store } from '../store.ts';
import { seenTimeOf } from './seen.ts';

const digit = (most: number): fc.Arbitrary<number> => fc.nat({ max: most });
const image = digit(2);
const content = digit(3);

/** Something that changes findings, their images or what is thought of them. */
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('scan' as const),
      image,
      seen: fc.uniqueArray(fc.record({ content, path: digit(2), hidden: fc.boolean(), severity: fc.constantFrom('high', 'low') }), {
        selector: ({ content: one, path }) => `${one} ${path}`,
        maxLength: 6,
      }),
      partial: fc.boolean(),
      skipped: fc.constantFrom('nothing', 'nothing', 'path', 'all'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('again' as const), image, partial: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tag' as const), image, host: digit(1), tag: digit(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('allow' as const), content, image: fc.option(image, { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forbid' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('registry' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('gone' as const), tag: digit(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('identify' as const), image }) },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

const address = 'r.example:5000';
const day = 86_400_000;

/** The changes carried out for one account. */
function actor(store: Store, accountId: string): (step: Change, at: number) => Promise<void> {
  const scans = new Map<number, readonly ReturnType<typeof finding>[]>();
  const rules: number[] = [];
  let registry: number | undefined;
  const idOf = (index: number): string => `sha256:i${index}`;
  const save = async (index: number, reference: string, at: number): Promise<void> => {
    const record = imageRecord(accountId, `i${index}`);
    const created = new Date(((at * 7) % 5) * day).toISOString();
    await store.images.save({ ...record, image: { ...record.image, reference, created, size: at % 7 }, local: index < 1 }, at);
  };
  const scan = async (index: number, { at, partial, skipped }: { readonly at: number; readonly partial: boolean; readonly skipped: string }): Promise<void> => {
    if ((await store.images.find(accountId, idOf(index))) === undefined) await save(index, `${index > 0 ? `${address}/` : ''}team/app:${index}`, at);
    const unlooked = skipped === 'nothing' ? [] : [{ path: skipped === 'all' ? '' : '/p0', layer: '', reason: 'r' }];
    await store.images.setFindings(accountId, idOf(index), { findings: scans.get(index) ?? [], at, partial, unlooked });
    const state = { state: 'done', startedAt: at, finishedAt: at, progress: 100, remainingSeconds: 0, error: '', complete: unlooked.length === 0 } as const;
    if (!partial) await store.images.setScan(accountId, idOf(index), { ...state, stats: undefined });
  };
  return async (step, at) => {
    if (step.kind === 'scan') {
      scans.set(
        step.image,
        step.seen.map(({ content: one, path, hidden, severity }) => ({
          ...finding(`p${path}`),
          sha256: sha(`c${one}`),
          md5: sha(`c${one}`).slice(0, 32),
          hidden,
          verdict: verdict(`V${one}`, severity),
        })),
      );
      await scan(step.image, { at, partial: step.partial, skipped: step.skipped });
    } else if (step.kind === 'again') await scan(step.image, { at, partial: step.partial, skipped: 'nothing' });
    else if (step.kind === 'tag') await save(step.image, `${step.host === 0 ? '' : `${address}/`}team/app:${step.tag}`, at);
    else if (step.kind === 'allow') {
      const conditions = [{ field: 'sha256', match: 'equals', value: sha(`c${step.content}`) }] as const;
      const imageIds = step.image === undefined ? [] : [idOf(step.image)];
      const rule: NewAllowRule = { accountId, list: 'l', conditions, repositories: [], imageIds, note: '', extra: {} };
      rules.push(await store.allowRules.add(rule, at));
    } else if (step.kind === 'forbid') {
      const id = rules.shift();
      if (id !== undefined) await store.allowRules.remove(accountId, id, at);
    } else if (step.kind === 'gone') {
      const { rows } = await store.repositories.list({ accountId, by: 'name', order: 'asc', offset: 0, limit: 9 });
      for (const { id } of rows) await store.repositories.retain(accountId, id, [String(step.tag)], at);
    } else if (step.kind === 'identify') {
      // An image that is known by its manifest alone has a tag, and turns out to be one that may be known.
      const digest = `sha256:m${step.image}`;
      const record = imageRecord(accountId, `m${step.image}`);
      await store.images.save({ ...record, image: { ...record.image, id: digest, digest, reference: `team/app:${step.image}`, layers: [] } }, at);
      await store.images.identify(accountId, digest, idOf(step.image));
    } else if (registry === undefined) {
      const policy = { repositories: [], repositoryPatterns: [], tagPatterns: [], newestTags: 0, schedule: '', scanNew: true };
      registry = await store.registries.add(
        { accountId, name: 'r', kind: 'docker', address, region: '', insecure: false, username: '', secret: '', policy },
        at,
      );
    } else {
      await store.registries.remove(accountId, registry);
      registry = undefined;
    }
  };
}

const best = 'max(CASE f.standing WHEN 1 THEN 3 WHEN 3 THEN 2 ELSE 1 END)';
const shown = 'f.account_id = ?1 AND f.standing > 0';
/** What is kept, and the same made from the findings alone. */
const kept: readonly (readonly [string, string])[] = [
  [
    'SELECT hex(sha256) AS sha256, open, allowed, fixed, first_seen, last_seen FROM sample WHERE account_id = ?1 ORDER BY sha256',
    `SELECT hex(sha256) AS sha256, sum(best = 3) AS open, sum(best = 2) AS allowed, sum(best = 1) AS fixed, min(first) AS first_seen, max(last) AS last_seen FROM (
       SELECT f.sha256, ${best} AS best, min(f.first_seen) AS first, max(${seenTimeOf('f.last_seen', 'i.seen_at')}) AS last
       FROM finding f JOIN image i ON i.image_key = f.image_key WHERE ${shown} GROUP BY f.sha256, f.image_key) GROUP BY sha256 ORDER BY sha256`,
  ],
  [
    'SELECT p.image_key, hex(s.sha256) AS sha256, p.best, p.first_seen, p.last_seen, p.alike FROM image_sample p JOIN sample s ON s.id = p.sample_id WHERE p.account_id = ?1 ORDER BY 1, 2',
    `SELECT f.image_key, hex(f.sha256) AS sha256, ${best} AS best, min(f.first_seen) AS first_seen, max(f.last_seen) AS last_seen,
       CASE count(DISTINCT f.standing || ' ' || f.severity || ' ' || f.last_seen) WHEN 1 THEN 32 * count(*) + 5 * f.severity + f.standing ELSE 0 END AS alike
       FROM finding f WHERE ${shown} GROUP BY 1, 2 ORDER BY 1, 2`,
  ],
  [
    'SELECT image_key, last_seen, severity, standing, total FROM finding_group WHERE account_id = ?1 ORDER BY 1, 2, 3, 4',
    `SELECT f.image_key, f.last_seen, f.severity, f.standing, count(*) AS total FROM finding f WHERE ${shown} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
  ],
  [
    'SELECT image_key, open_4, open_3, open_2, open_1, open_0, visible_findings, findings FROM image WHERE account_id = ?1 ORDER BY 1',
    `SELECT i.image_key, ${[4, 3, 2, 1, 0].map((rank) => `(SELECT count(*) FROM finding f WHERE f.image_key = i.image_key AND f.standing IN (1, 4) AND f.severity = ${rank}) AS open_${rank}`).join(', ')},
       (SELECT count(*) FROM finding f WHERE f.image_key = i.image_key AND f.standing IN (1, 4)) AS visible_findings,
       (SELECT count(*) FROM finding f WHERE f.image_key = i.image_key AND f.standing IN (0, 1, 4)) AS findings FROM image i WHERE i.account_id = ?1 ORDER BY 1`,
  ],
  [
    "SELECT (SELECT coalesce(sum(value), 0) FROM tally WHERE account_id = ?1 AND noun = 'sample') AS samples, (SELECT coalesce(sum(value), 0) FROM tally WHERE account_id = ?1 AND noun = 'finding') AS findings",
    `SELECT (SELECT count(DISTINCT f.sha256) FROM finding f WHERE ${shown}) AS samples, (SELECT count(*) FROM finding f WHERE ${shown}) AS findings`,
  ],
  [
    'SELECT id, images, infected, open_findings FROM repository WHERE account_id = ?1 ORDER BY id',
    `SELECT r.id, count(DISTINCT i.image_key) AS images, count(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM finding f WHERE f.image_key = i.image_key AND f.standing IN (1, 4)) THEN i.image_key END) AS infected,
       (SELECT count(*) FROM finding f WHERE f.standing IN (1, 4) AND f.image_key IN (SELECT image_key FROM repository_image n WHERE n.repository_id = r.id AND n.current = 1)) AS open_findings
     FROM repository r LEFT JOIN repository_image t ON t.repository_id = r.id AND t.current = 1 LEFT JOIN image i ON i.image_key = t.image_key WHERE r.account_id = ?1 GROUP BY r.id ORDER BY r.id`,
  ],
];

const newer = 'n.account_id = t.account_id AND n.repository_id = t.repository_id AND n.current = 1 AND (ni.created_at, n.id) > (i.created_at, t.id)';
/** What tags have of their images. */
const keptOfTags = [
  `SELECT id, created_at, size, reference_folded, scan_time, scan_state, visible_findings, infected, scanned, local, latest, tag_folded
   FROM repository_image WHERE account_id = ?1 ORDER BY id`,
  `SELECT t.id, i.created_at, i.size, i.reference_folded, i.scan_time, coalesce(i.scan_state, 'never') AS scan_state, i.visible_findings, i.visible_findings > 0 AS infected,
     i.scanned_at > 0 AS scanned, i.local, t.current = 1 AND NOT EXISTS (SELECT 1 FROM repository_image n JOIN image ni ON ni.image_key = n.image_key WHERE ${newer}) AS latest,
     lower(t.tag) AS tag_folded
   FROM repository_image t JOIN image i ON i.image_key = t.image_key WHERE t.account_id = ?1 ORDER BY t.id`,
] as const;

/** Every tag has its name. */
const namesOfTags = [
  `SELECT n.name_folded AS name FROM tag_name n WHERE n.account_id = ?1 AND EXISTS (
     SELECT 1 FROM repository_image t WHERE t.account_id = n.account_id AND t.tag_folded = n.name_folded) ORDER BY 1`,
  'SELECT DISTINCT lower(tag) AS name FROM repository_image WHERE account_id = ?1 ORDER BY 1',
] as const;

const scopes: readonly (ImageScope | undefined)[] = [
  undefined,
  {},
  { local: true },
  { names: { values: ['ap'], exact: false } },
  { tags: { values: ['1'], exact: true } },
  { imageIds: ['sha256:i1'] },
  { registryIds: [0] },
  { kinds: ['docker'], namespaces: { values: ['EA'], exact: false } },
  { regions: ['', 'elsewhere'] },
  { names: { values: ['app', 'no'], exact: true }, tags: { values: ['1', '2'], exact: false } },
  { namespaces: { values: [], exact: false } },
  { digests: ['sha256:mi0', 'sha256:i2'], registryIds: [0, 1] },
  { references: { values: ['team/app:1', 'r.example:5000/team/app:2'], exact: true } },
  { references: { values: ['pp:'], exact: false }, local: false },
  { imageIds: ['sha256:i0', 'sha256:i2'], tags: { values: ['2'], exact: true } },
  { layers: ['sha256:none'] },
];
const page = fc.record({
  offset: digit(5),
  limit: fc.constantFrom(0, 1, 3, 100),
  order: fc.constantFrom('asc' as const, 'desc' as const),
  scope: fc.constantFrom(...scopes),
});
const chosen = {
  severities: fc.option(fc.constantFrom(['high'] as const, ['low', 'high'] as const, [] as const), { nil: undefined }),
  states: fc.option(fc.constantFrom(['open'] as const, ['fixed', 'allowed'] as const), { nil: undefined }),
  md5s: fc.option(fc.constantFrom([sha('c0').slice(0, 32)], [sha('c1').slice(0, 32), sha('c2').slice(0, 32)], ['none']), { nil: undefined }),
};
const asked = fc.record({
  page,
  ...chosen,
  verifying: fc.option(fc.boolean(), { nil: undefined }),
  names: fc.option(fc.constantFrom('v1', 'v', 'V99', ''), { nil: undefined }),
});

// What is answered from memory or by an index, and what a search through everything gives: in a transaction nothing is kept.
async function compareLists(store: Store, accountId: string, { page: { scope, ...rest }, verifying, names, ...conditions }: Asked): Promise<void> {
  const filter = Object.fromEntries(Object.entries({ ...conditions, scope }).filter(([, value]) => value !== undefined));
  const affected = { accountId, ...rest, ...filter, by: 'lastSeen' as const, ...(verifying === undefined ? {} : { verifying }) };
  const samples = { accountId, ...rest, ...filter, by: 'lastSeen' as const, ...(names === undefined ? {} : { names: { values: [names], exact: false } }) };
  assert.deepEqual(await store.samples.affected(affected), await store.transaction(() => store.samples.affected(affected)));
  const named = { accountId, ...(conditions.severities === undefined ? {} : { severities: conditions.severities }) };
  assert.deepEqual(await store.samples.names(named), await store.transaction(() => store.samples.names(named)));
  assert.deepEqual(await store.samples.countAffected(affected), await store.transaction(() => store.samples.countAffected(affected)));
  assert.deepEqual(await store.samples.list(samples), await store.transaction(() => store.samples.list(samples)));
}

async function told(store: Store, accountId: string): Promise<unknown> {
  const { rows } = await store.samples.affected({ accountId, offset: 0, limit: 100, by: 'lastSeen', order: 'desc' });
  return rows
    .map(({ finding: one, image: { image: of } }) => `${of.id}${one.path} ${one.sha256} ${one.state} ${one.firstSeen} ${one.lastSeen} ${one.verifiedAt}`)
    .sort();
}

test('what is kept along with findings is what a recount gives, after any changes, lists from memory equal searches, and short cuts change nothing', async (context) => {
  const dataDir = testFolder(context);
  const store = await openStore({ dataDir });
  context.after(() => store.close());
  const database = new DatabaseSync(join(dataDir, 'lazaret.db'), { timeout: 5000 });
  context.after(() => database.close());
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ step: change, days: fc.constantFrom(0, 0, 0, 0, 200), lists: asked }), { minLength: 1, maxLength: 16 }),
      async (steps) => {
        runs += 1;
        const names = [`short ${runs}`, `long ${runs}`] as const;
        const actors = names.map((name) => actor(store, name));
        let at = 1_000_000;
        for (const { step, days, lists } of steps) {
          at += 10 + days * day;
          // The second account never knows that a scan saw what the last one saw.
          database.prepare('UPDATE image SET seen_digest = NULL WHERE account_id = ?').run(names[1]);
          for (const act of actors) await act(step, at);
          for (const name of names)
            for (const [incremental, counted] of [...kept, keptOfTags, namesOfTags])
              assert.deepEqual(database.prepare(incremental).all(name), database.prepare(counted).all(name));
          assert.deepEqual(await told(store, names[0]), await told(store, names[1]));
          await compareLists(store, names[0], lists);
        }
      },
    ),
    { numRuns: 100 },
  );
});
