import assert from 'node:assert/strict';
import type { App } from '#app/app.ts';
import { type Declarations, fieldsOf, structureOf } from './declarations.ts';
import { misfits } from './misfits.ts';
import { type Answered, contradictions, observe, type Seen } from './observe.ts';
import { type Case, type Client, type ClientCall, declarationsOf, gather, idlenessOf, type Request, type Surface } from './surface.ts';
import { makeWorld } from './world.ts';

/** Where and by whom an operation is driven. */
export interface Drive {
  readonly app: App;
  /** `host:port` of the server. */
  readonly endpoint: string;
  readonly surface: Surface;
  readonly client: Client;
}

/** Makes all requests of an action's case, in an account of their own, and fails with whatever is not as declared and claimed. */
export async function driveAction(drive: Drive, action: string): Promise<void> {
  const { app, endpoint, surface, client } = drive;
  const steps = gather<Case>(surface, 'cases').get(action);
  assert.ok(steps, `there is no case of ${action}`);
  const world = await makeWorld(app, `${action}-${surface.clients.indexOf(client)}`, client.name);
  const call = client.connect(endpoint, world.key);
  const answered: Answered = { declarations: client.declarations, action, silent: gather<string>(surface, 'silent') };
  const seen: Seen = new Map();
  const given = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const said = typeof step === 'function' ? await step(world) : step;
    if (said === undefined) continue;
    const request = sayable(drive, action, said);
    const answer = await answerOf(call, action, request);
    assert.deepEqual(
      misfits({ declarations: client.declarations, ...(surface.floats === undefined ? {} : { floats: surface.floats }) }, answer, `${action}Response`),
      [],
    );
    observe(answered, answer, seen);
    for (const path of pathsIn(request)) given.add(path);
    if (index === 0) await assertLeast(call, action, request);
  }
  assert.deepEqual(missing(drive, action, given), [], 'parameters that no request gives');
  assert.deepEqual(contradictions(answered, seen), []);
}

async function answerOf(call: ClientCall, action: string, request: Request): Promise<object> {
  try {
    return await call(action, request);
  } catch (error) {
    assert.fail(`${action} ${JSON.stringify(request)}: ${JSON.stringify((error as { code?: unknown }).code)} ${(error as Error).message}`);
  }
}

// What this client can say of a request. The client that declares the action first must be able to say all of it.
function sayable({ surface, client }: Drive, action: string, request: Request): Request {
  const first = declarationsOf(surface, action);
  assert.ok(first);
  const wrong = misfits({ declarations: first }, request, `${action}Request`);
  assert.deepEqual(
    wrong.filter((line) => !line.endsWith(': missing')),
    [],
  );
  return first === client.declarations ? request : (pruned(client.declarations, request, `${action}Request`) as Request);
}

function pruned(declarations: Declarations, value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => pruned(declarations, item, name));
  if (typeof value !== 'object' || value === null) return value;
  const fields = fieldsOf(declarations, name);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => fields.has(key))
      .map(([key, member]) => {
        const field = fields.get(key);
        const below = field === undefined ? undefined : structureOf(field.type);
        return [key, below === undefined ? member : pruned(declarations, member, below)];
      }),
  );
}

// Nothing can be left out of the least request.
async function assertLeast(call: ClientCall, action: string, least: Request): Promise<void> {
  for (const name of Object.keys(least)) {
    const { [name]: _, ...rest } = least;
    await assert.rejects(
      call(action, rest),
      (error: { readonly code?: string }) => {
        assert.match(String(error.code), /^(?!Internal|Server)/);
        return true;
      },
      `${action} does without ${name}, so that its least request may not have it`,
    );
  }
}

function missing({ surface, client }: Drive, action: string, given: ReadonlySet<string>): readonly string[] {
  const idle = gather<string>(surface, 'idle');
  return declaredPaths(client.declarations, `${action}Request`, new Set()).filter(
    (path) => !given.has(path) && idlenessOf(idle, action, path) === undefined && idlenessOf(idle, action, path.replace(/[.[].*/, '')) === undefined,
  );
}

function declaredPaths(declarations: Declarations, owner: string, seen: ReadonlySet<string>): readonly string[] {
  return [...fieldsOf(declarations, owner).values()].flatMap(({ name, type }) => {
    const below = structureOf(type);
    if (below === undefined || seen.has(below)) return [name];
    return [name, ...declaredPaths(declarations, below, new Set([...seen, below])).map((path) => `${name}.${path}`)];
  });
}

function pathsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...pathsIn(member).map((path) => `${key}.${path}`)]);
}
