import { LazaretError } from '#domain/error.ts';
import { chunks, marks, type Sql, type SqlValue } from '../drivers/sql.ts';
import type { AllowCondition, AllowRule, AllowRuleStore, NewAllowRule } from '../shapes/samples.ts';
import { allOf, type Condition, checkPage, fold, valueCondition } from './conditions.ts';
import { digestHex } from './digest.ts';
import type { ImageKey } from './image-counts.ts';
import { renewImage } from './image-share.ts';
import { type Restanding, settleStandings } from './rule-effects.ts';
import { standings } from './standing.ts';

interface RuleRow {
  readonly id: number;
  readonly account_id: string;
  readonly list: string;
  readonly conditions: string;
  readonly repositories: string;
  readonly image_ids: string;
  readonly note: string;
  readonly extra: string;
  readonly created_at: number;
  readonly updated_at: number;
}

const COLUMNS = 'id, account_id, list, conditions, repositories, image_ids, note, extra, created_at, updated_at';
/** Conditions of a rule, and repositories or images of its scope, at most. */
const mostParts = 100;
/** Rules of an account, at most: each is applied to every image that is scanned. */
const mostRules = 10_000;
const mostText = 4096;

/** Rules by which an owner says what is no threat. A rule needs at least one condition. */
export function createAllowRuleStore(sql: Sql): AllowRuleStore {
  return {
    add: (rule, at) => sql.transaction(() => add(sql, rule, at)),
    update: (id, rule, at) => sql.transaction(() => update(sql, { id, rule, at })),
    remove: (accountId, id) => sql.transaction(() => remove(sql, accountId, id)),
    find: async (accountId, id) => {
      const row = await sql.get<RuleRow>(`SELECT ${COLUMNS} FROM allow_rule WHERE account_id = ? AND id = ?`, [accountId, id]);
      return row === undefined ? undefined : toRule(row);
    },
    list: async (query) => {
      checkPage(query);
      const conditions: Condition[] = [{ text: 'account_id = ? AND list = ?', values: [query.accountId, query.list] }];
      if (query.ids !== undefined) conditions.push(valueCondition('id', query.ids));
      for (const [name, values] of Object.entries(query.extra ?? {})) {
        if (!/^\w+$/.test(name)) throw new LazaretError('invalid-input', `not a name: ${JSON.stringify(name)}`);
        conditions.push(valueCondition(`json_extract(extra, '$.${name}')`, typeof values === 'string' ? [values] : values));
      }
      const where = allOf(conditions);
      const total = await sql.get<{ total: number }>(`SELECT count(*) AS total FROM allow_rule WHERE ${where.text}`, where.values);
      const rows = await sql.all<RuleRow>(`SELECT ${COLUMNS} FROM allow_rule WHERE ${where.text} ORDER BY id DESC LIMIT ? OFFSET ?`, [
        ...where.values,
        query.limit,
        query.offset,
      ]);
      return { total: total?.total ?? 0, rows: rows.map(toRule) };
    },
  };
}

/** Marks the findings of an image that rules allow. What is kept of the image is the caller's to renew where this changed anything. */
export async function applyRules(sql: Sql, { accountId, imageKey }: ImageKey): Promise<boolean> {
  const image = await sql.get<{ id: string }>(
    'SELECT i.id FROM image i WHERE i.account_id = ? AND i.image_key = ? AND EXISTS (SELECT 1 FROM finding f WHERE f.account_id = i.account_id AND f.image_key = i.image_key AND f.standing IN (1, 4))',
    [accountId, imageKey],
  );
  if (image === undefined) return false;
  const rows = await sql.all<RuleRow>(
    `SELECT ${COLUMNS} FROM allow_rule WHERE account_id = ? AND (image_ids = '[]' OR repositories <> '[]' OR instr(image_ids, ?) > 0) ORDER BY id`,
    [accountId, image.id],
  );
  const mayConcern = await contentFilter(rows, () =>
    sql.all<Digested>('SELECT DISTINCT md5, sha256 FROM finding f WHERE f.account_id = ? AND f.image_key = ? AND f.standing IN (1, 4)', [accountId, imageKey]),
  );
  let changed = 0;
  for (const row of rows.filter(mayConcern)) {
    const where = allOf([{ text: 'f.image_key = ?', values: [imageKey] }, conditionOf(row, true)]);
    changed += await sql.run(`UPDATE finding AS f SET standing = 3, rule_id = ? WHERE f.account_id = ? AND f.standing IN (1, 4) AND ${where.text}`, [
      row.id,
      accountId,
      ...where.values,
    ]);
  }
  return changed > 0;
}

/** The same for an image that has come into another repository, counters included. */
export async function applyRulesAnew(sql: Sql, key: ImageKey): Promise<void> {
  if (await applyRules(sql, key)) await renewImage(sql, key);
}

async function add(sql: Sql, rule: NewAllowRule, at: number): Promise<number> {
  const columns = columnsOf(rule);
  const known = await sql.get<{ total: number }>('SELECT count(*) AS total FROM allow_rule WHERE account_id = ?', [rule.accountId]);
  if ((known?.total ?? 0) >= mostRules) throw new LazaretError('limit', `there are ${mostRules} rules already: remove some that are no longer needed`);
  const row = await sql.get<{ id: number }>(
    'INSERT INTO allow_rule (account_id, list, conditions, repositories, image_ids, note, extra, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id',
    [rule.accountId, rule.list, ...columns, at, at],
  );
  if (row === undefined) throw new LazaretError('internal', 'the rule could not be saved');
  await settleStandings(sql, rule.accountId, await allow(sql, rule.accountId, row.id));
  return row.id;
}

async function update(sql: Sql, change: { readonly id: number; readonly rule: NewAllowRule; readonly at: number }): Promise<void> {
  const { id, rule, at } = change;
  const changed = await sql.run(
    'UPDATE allow_rule SET conditions = ?, repositories = ?, image_ids = ?, note = ?, extra = ?, updated_at = ? WHERE account_id = ? AND id = ?',
    [...columnsOf(rule), at, rule.accountId, id],
  );
  if (changed === 0) throw new LazaretError('not-found', `there is no rule ${id}`);
  const freed = await release(sql, rule.accountId, id);
  await settleStandings(sql, rule.accountId, [...freed, ...(await allow(sql, rule.accountId, id))]);
}

async function remove(sql: Sql, accountId: string, id: number): Promise<boolean> {
  const removed = await sql.run('DELETE FROM allow_rule WHERE account_id = ? AND id = ?', [accountId, id]);
  if (removed > 0) await settleStandings(sql, accountId, await release(sql, accountId, id));
  return removed > 0;
}

/** A finding that a rule is for, as it stood. */
interface Picked extends Omit<Restanding, 'to'> {
  readonly id: number;
  readonly md5: Uint8Array;
}

const picked = 'f.id, f.image_key, f.sha256, f.md5, f.severity, f.last_seen, f.standing AS "from"';

async function allow(sql: Sql, accountId: string, id: number): Promise<readonly Restanding[]> {
  const row = await sql.get<RuleRow>(`SELECT ${COLUMNS} FROM allow_rule WHERE account_id = ? AND id = ?`, [accountId, id]);
  if (row === undefined) return [];
  const where = conditionOf(row, false);
  const rows = await sql.all<Picked>(`SELECT ${picked} FROM finding f WHERE f.account_id = ? AND f.standing IN (1, 4) AND ${where.text}`, [
    accountId,
    ...where.values,
  ]);
  return markAllowed(sql, id, rows);
}

async function markAllowed(sql: Sql, ruleId: number, rows: readonly Picked[]): Promise<readonly Restanding[]> {
  await sql.batch(
    'UPDATE finding SET standing = 3, rule_id = ? WHERE id = ?',
    rows.map(({ id }) => [ruleId, id]),
  );
  return rows.map((one) => ({ ...one, to: standings.allowed }));
}

// What the rule allowed is open again, or fixed where its tags have moved on, unless another rule allows it too.
async function release(sql: Sql, accountId: string, id: number): Promise<readonly Restanding[]> {
  const rows = await sql.all<Picked & { readonly superseded: number }>(
    `SELECT ${picked}, f.superseded FROM finding f INDEXED BY finding_rule WHERE f.rule_id = ? AND f.account_id = ? AND f.standing = 3`,
    [id, accountId],
  );
  const freed = rows.map((one) => ({ ...one, to: one.superseded === 1 ? standings.left : standings.open }));
  await sql.batch(
    'UPDATE finding SET standing = ?, rule_id = NULL WHERE id = ?',
    freed.map((one) => [one.to, one.id]),
  );
  return freed.length === 0 ? [] : [...freed, ...(await allowOtherwise(sql, accountId, freed))];
}

async function allowOtherwise(sql: Sql, accountId: string, freed: readonly Picked[]): Promise<readonly Restanding[]> {
  const rules = await sql.all<RuleRow>(`SELECT ${COLUMNS} FROM allow_rule WHERE account_id = ? ORDER BY id`, [accountId]);
  const mayConcern = await contentFilter(rules, async () => freed);
  const ids = JSON.stringify(freed.map(({ id }) => id));
  const allowed: Restanding[] = [];
  for (const row of rules.filter(mayConcern)) {
    const where = conditionOf(row, true);
    const rows = await sql.all<Picked>(
      `SELECT ${picked} FROM finding f WHERE f.id IN (SELECT value FROM json_each(?)) AND f.account_id = ? AND f.standing IN (1, 4) AND ${where.text}`,
      [ids, accountId, ...where.values],
    );
    allowed.push(...(await markAllowed(sql, row.id, rows)));
  }
  return allowed;
}

interface Digested {
  readonly md5: Uint8Array;
  readonly sha256: Uint8Array;
}

// Rules that name contents need not be tried where none of theirs is among the findings. One rule alone is tried sooner than they are listed.
async function contentFilter(rules: readonly RuleRow[], list: () => Promise<readonly Digested[]>): Promise<(rule: RuleRow) => boolean> {
  const named = new Map(rules.map((rule) => [rule.id, (JSON.parse(rule.conditions) as readonly AllowCondition[]).filter(namesContent)]));
  if ([...named.values()].filter(({ length }) => length > 0).length < 2) return () => true;
  const digests = new Set((await list()).flatMap(({ md5, sha256 }) => [digestHex(md5), digestHex(sha256)]));
  return ({ id }) => named.get(id)?.every(({ value }) => digests.has(value.toLowerCase())) !== false;
}

function namesContent({ field, match }: AllowCondition): boolean {
  return match === 'equals' && (field === 'md5' || field === 'sha256');
}

function columnsOf(rule: NewAllowRule): readonly SqlValue[] {
  const { conditions, repositories, imageIds, note, extra } = rule;
  if (conditions.length === 0) throw new LazaretError('invalid-input', 'a rule needs at least one condition');
  if ([conditions, repositories, imageIds].some(({ length }) => length > mostParts)) {
    throw new LazaretError('limit', `a rule has at most ${mostParts} conditions, repositories and images`);
  }
  const texts = [...conditions.map(({ value }) => value), ...repositories, ...imageIds, note, ...Object.values(extra)];
  if (texts.some((text) => text.length > mostText)) throw new LazaretError('limit', `a text of a rule has at most ${mostText} characters`);
  if (conditions.some(({ value }) => value === '')) throw new LazaretError('invalid-input', 'a condition of a rule needs a value');
  return [JSON.stringify(conditions), JSON.stringify(repositories), JSON.stringify(imageIds), note, JSON.stringify(extra)];
}

// Within one image its findings are few; over the whole account each condition goes by an index where there is one.
function conditionOf(row: RuleRow, inImage: boolean): Condition {
  const parts = JSON.parse(row.conditions) as readonly AllowCondition[];
  const isNarrow = inImage || parts.some(namesContent);
  const conditions = parts.map((part) => fieldCondition(row.account_id, part, { inImage, isNarrow }));
  const repositories = JSON.parse(row.repositories) as readonly string[];
  const imageIds = JSON.parse(row.image_ids) as readonly string[];
  const scope: Condition[] = [];
  for (const part of chunks(repositories, mostParts)) {
    const named = `r.account_id = ? AND CASE r.namespace WHEN '' THEN r.name ELSE r.namespace || '/' || r.name END IN (${marks(part.length)})`;
    scope.push({
      text: inImage
        ? `EXISTS (SELECT 1 FROM repository_image ri INDEXED BY repository_image_of CROSS JOIN repository r ON r.id = ri.repository_id
            WHERE ri.account_id = f.account_id AND ri.image_key = f.image_key AND ${named})`
        : `f.image_key IN (SELECT ri.image_key FROM repository r CROSS JOIN repository_image ri ON ri.account_id = r.account_id AND ri.repository_id = r.id WHERE ${named})`,
      values: [row.account_id, ...part],
    });
  }
  if (imageIds.length > 0) {
    scope.push({
      text: `f.image_key IN (SELECT image_key FROM image WHERE account_id = ? AND id IN (${marks(imageIds.length)}))`,
      values: [row.account_id, ...imageIds],
    });
  }
  const anyScope = scope.length === 0 ? [] : [{ text: `(${scope.map(({ text }) => text).join(' OR ')})`, values: scope.flatMap(({ values }) => values) }];
  return allOf([...conditions, ...anyScope]);
}

const columnOf = { md5: 'lower(hex(f.md5))', sha256: 'lower(hex(f.sha256))', path: 'f.path', name: 'f.name_folded' } as const;

function fieldCondition(accountId: string, condition: AllowCondition, at: { readonly inImage: boolean; readonly isNarrow: boolean }): Condition {
  const { field, match, value } = condition;
  if (match === 'equals' && (field === 'md5' || field === 'sha256')) return digestCondition(accountId, { field, value }, at.inImage);
  const compared = compare(columnOf[field], match, field === 'path' ? value : fold(value));
  if (field !== 'path' || at.isNarrow) return compared;
  // Paths are compared in their index, so that not every finding is read; a whole one is looked up in each image.
  if (match === 'equals') {
    return {
      text: `f.id IN (SELECT f.id FROM image i CROSS JOIN finding f INDEXED BY finding_path ON f.account_id = i.account_id AND f.image_key = i.image_key AND ${compared.text}
        WHERE i.account_id = ? AND f.standing IN (1, 4))`,
      values: [...compared.values, accountId],
    };
  }
  return {
    text: `f.id IN (SELECT f.id FROM finding f INDEXED BY finding_path WHERE f.account_id = ? AND f.standing IN (1, 4) AND ${compared.text})`,
    values: [accountId, ...compared.values],
  };
}

// Equal digests are found by indexes. What is no digest equals none.
function digestCondition(accountId: string, { field, value }: { readonly field: 'md5' | 'sha256'; readonly value: string }, inImage: boolean): Condition {
  const digest = Buffer.from(value, 'hex');
  if (!/^[0-9a-f]*$/i.test(value) || value.length !== (field === 'md5' ? 32 : 64)) return { text: '1 = 0', values: [] };
  if (field === 'sha256') return { text: 'f.sha256 = ?', values: [digest] };
  if (inImage) return { text: 'f.md5 = ?', values: [digest] };
  return { text: 'f.sha256 IN (SELECT sha256 FROM sample WHERE account_id = ? AND md5 = ?)', values: [accountId, digest] };
}

function compare(column: string, match: AllowCondition['match'], wanted: string): Condition {
  if (match === 'equals') return { text: `${column} = ?`, values: [wanted] };
  if (match === 'contains') return { text: `instr(${column}, ?) > 0`, values: [wanted] };
  if (match === 'startsWith') return { text: `substr(${column}, 1, length(?)) = ?`, values: [wanted, wanted] };
  return { text: `length(${column}) >= length(?) AND substr(${column}, -length(?)) = ?`, values: [wanted, wanted, wanted] };
}

function toRule(row: RuleRow): AllowRule {
  return {
    accountId: row.account_id,
    id: row.id,
    list: row.list,
    conditions: JSON.parse(row.conditions) as readonly AllowCondition[],
    repositories: JSON.parse(row.repositories) as readonly string[],
    imageIds: JSON.parse(row.image_ids) as readonly string[],
    note: row.note,
    extra: JSON.parse(row.extra) as Readonly<Record<string, string>>,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
