import { LazaretError } from './error.ts';

/** One statement of a policy: what it allows or denies, by patterns with `*` and `?`. */
export interface PolicyStatement {
  readonly effect: 'allow' | 'deny';
  readonly actions: readonly string[];
  /** True when the patterns name what the statement is not about. */
  readonly inverted: boolean;
  readonly resources: readonly string[];
}

export interface Policy {
  readonly statements: readonly PolicyStatement[];
}

export type Permission = 'allow' | 'implicit-deny' | 'explicit-deny';

/** Characters of a policy's document. */
export const policyTextLimit = 64 * 1024;
const mostStatements = 100;
const mostPatterns = 1000;
const longestPattern = 512;

/**
 * Reads a policy document in the form of both clouds: `{"Version": "1" or "2.0", "Statement": [{"Effect": "Allow", "Action": …, "Resource": …}]}`, member names and effects in
 * either case (Alibaba's RAM writes capitals, Tencent's CAM none). An action is a text or a list of texts such as `tcss:Describe*`, also `name/tcss:…`; `NotAction` inverts.
 * @throws LazaretError 'invalid-input' that names what is wrong. A condition is refused too, since leaving it out would allow more than the author meant, and a denial of less than
 * everything, since it would deny nothing here.
 */
export function parsePolicy(text: string): Policy {
  if (text.length > policyTextLimit) throw bad(`it has more than ${policyTextLimit} characters`);
  const members = lowerMembers(parseJson(text), 'the document');
  const unknown = [...members.keys()].find((name) => name !== 'version' && name !== 'statement');
  if (unknown !== undefined) throw bad(`'${unknown}' is no member of a policy`);
  const version = members.get('version');
  if (version !== '1' && version !== '2.0') throw bad(`Version must be "1" or "2.0"`);
  const given = members.get('statement');
  const statements = Array.isArray(given) ? given : [given];
  if (given === undefined || statements.length === 0 || statements.length > mostStatements) throw bad(`Statement must hold 1 to ${mostStatements} statements`);
  return { statements: statements.map(readStatement) };
}

/**
 * What the policies of a key say together about an action: an explicit deny wins, and what nobody allows is denied. Calls here are about all that an account has, so a
 * statement counts where its resource is `*`, or a pattern for one of `resources`: the ways of writing all of it.
 */
export function permissionOf(policies: readonly Policy[], action: string, resources: readonly string[] = []): Permission {
  const matching = policies.flatMap(({ statements }) => statements).filter((statement) => concerns(statement, action.toLowerCase(), resources));
  if (matching.some(({ effect }) => effect === 'deny')) return 'explicit-deny';
  return matching.length > 0 ? 'allow' : 'implicit-deny';
}

function concerns(statement: PolicyStatement, action: string, resources: readonly string[]): boolean {
  const named = statement.actions.some((pattern) => matches(pattern, action));
  if (named === statement.inverted) return false;
  return statement.resources.some((pattern) => pattern === '*' || resources.some((resource) => matches(pattern, resource)));
}

/** Whether a pattern with `*` (any text) and `?` (one character) matches a whole text, in time that grows with the product of both lengths at most. */
export function matches(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at += 1;
      index += 1;
    } else if (star === -1) return false;
    else {
      at = star + 1;
      resume += 1;
      index = resume;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

function readStatement(value: unknown, index: number): PolicyStatement {
  const where = `statement ${index + 1}`;
  const members = lowerMembers(value, where);
  const unknown = [...members.keys()].find((name) => !['effect', 'action', 'notaction', 'resource', 'sid'].includes(name));
  if (unknown === 'condition') throw bad(`${where} has a Condition, which is not supported`);
  if (unknown !== undefined) throw bad(`'${unknown}' is no member of a statement`);
  const effect = effectOf(members.get('effect'));
  if (effect === undefined) throw bad(`Effect of ${where} must be Allow or Deny`);
  if (members.has('action') === members.has('notaction')) throw bad(`${where} needs either Action or NotAction`);
  const actions = patterns(members.get('action') ?? members.get('notaction'), `Action of ${where}`);
  const resources = patterns(members.get('resource'), `Resource of ${where}`);
  if (effect === 'deny' && !resources.includes('*'))
    throw bad(`Resource of ${where}, which denies, must be "*": calls here are about everything an account has`);
  // Tencent's older form writes `name/tcss:DescribeVirusDetail`.
  const names = actions.map((action) => action.toLowerCase().replace(/^name\//, ''));
  return { effect, actions: names, inverted: members.has('notaction'), resources };
}

function effectOf(value: unknown): PolicyStatement['effect'] | undefined {
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  return lower === 'allow' || lower === 'deny' ? lower : undefined;
}

function patterns(value: unknown, where: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const texts = list.filter((one) => typeof one === 'string' && one !== '' && one.length <= longestPattern) as readonly string[];
  if (texts.length !== list.length || texts.length === 0 || texts.length > mostPatterns) {
    throw bad(`${where} must be a text or a list of 1 to ${mostPatterns} texts of at most ${longestPattern} characters`);
  }
  return texts;
}

function lowerMembers(value: unknown, where: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(`${where} is no JSON object`);
  const members = new Map<string, unknown>();
  for (const [name, member] of Object.entries(value)) {
    const lower = name.toLowerCase();
    if (members.has(lower)) throw bad(`${where} has ${lower} twice`);
    members.set(lower, member);
  }
  return members;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bad(`it is no JSON (${(error as Error).message.slice(0, 100)})`);
  }
}

function bad(reason: string): LazaretError {
  return new LazaretError('invalid-input', `this is no policy: ${reason}`);
}
