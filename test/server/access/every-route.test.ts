import assert from 'node:assert/strict';
import { test } from 'node:test';
import Fastify from 'fastify';
import { ANSWER_SCHEMAS } from '../../../src/generated/answer-schemas.ts';
import { compileSchema } from '../../../src/json/schema.ts';
import type { Json } from '../../../src/json/value.ts';
import { Callers } from '../../../src/server/access/callers.ts';
import { addGuard } from '../../../src/server/access/guard.ts';
import { isAtLeast, ROLE_NAMES } from '../../../src/server/access/roles.ts';
import { ROUTE_ACCESS, type ApiAccess } from '../../../src/server/access/route-access.ts';
import { SessionCookie } from '../../../src/server/access/session-cookie.ts';
import { createServer } from '../../../src/server/server.ts';
import { withTwoAccounts, type TwoAccounts } from './two-accounts.ts';

/** Stands in everything that `demo` has. */
const CANARY = 'only-demo-may-read-this';

interface Operation {
  method: string;
  path: string;
  access: ApiAccess;
  parameters: string[];
}

/** Every route that the OpenAPI document has. */
async function operations({ call, token }: TwoAccounts): Promise<Operation[]> {
  const { paths } = JSON.parse((await call(token, 'GET', '/openapi.json')).text) as {
    paths: { [path: string]: { [method: string]: { parameters?: { name: string; in: string }[] } } };
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => {
      const route = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
      const access = ROUTE_ACCESS[route];
      assert.ok(access !== undefined && !('open' in access), route);
      const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
      return { method: method.toUpperCase(), path: path.replace('/api/v1', ''), access, parameters: names };
    }),
  );
}

/** What an account has that a call can name. */
interface Things {
  account: string;
  automation: string;
  run: string;
  refusal: string;
  token: string;
  key: string;
  /** To which a person consents. */
  connection: string;
}

async function thingsOfDemo({ runner, post, mint }: TwoAccounts): Promise<Things> {
  const { body } = await post(JSON.stringify({ text: `${CANARY}. Nobody else.` }));
  const run = body.run ?? '';
  await runner.engine.finished(run);
  await post(JSON.stringify({ message: CANARY }));
  await runner.engine.pause('demo', undefined);
  const [refusal] = runner.store.refusals.list({ account: 'demo', limit: 1 });
  const { id } = await mint('operator', ['demo']);
  const key = 'last_summary';
  return {
    account: 'demo',
    automation: 'summarize-text',
    run,
    refusal: refusal?.id ?? '',
    token: id,
    key,
    connection: 'mail',
  };
}

const NOTHING: Things = {
  account: 'nobody',
  automation: 'none',
  run: 'no-run',
  refusal: 'no-refusal',
  token: 'no-token',
  key: 'no-key',
  connection: 'no-connection',
};

function address({ path, access, parameters }: Operation, things: Things): string {
  const { account, automation, key, connection } = things;
  const id = access.accounts === 'token' ? things.token : access.accounts === 'refusal' ? things.refusal : things.run;
  const filled = { account, automation, key, connection, id, action: 'suspend' } as { [name: string]: string };
  const query = parameters.includes('account') ? `?account=${account}` : '';
  return (
    path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => filled[name] ?? assert.fail(`fill in ${name}`)) + query
  );
}

/** Of routes whose path names what they concern. */
const BODIES: { [route: string]: object } = {
  resolve: { happened: false },
  approvals: { step: 'ask', approved: true, by: 'Mallory' },
  events: { step: 'ask', payload: null },
};

/** A body that names the account in each way that a route knows; what a route does not know it refuses. */
function bodyOf({ method, path }: Operation, { account, automation }: Things): object | undefined {
  if (method !== 'POST') return undefined;
  if (path === '/tokens') return { name: 'mine', role: 'viewer', accounts: [account], expires_in_s: 60 };
  if (path === '/connect-links') return { account, connection: 'anthropic' };
  if (path === '/runs') return { account, automation };
  if (path.startsWith('/deploy') || path === '/pause' || path === '/resume') return { account };
  if (path === '/runs/replay') return { account, status: 'failed' };
  if (path === '/runs/cancel') return { account, status: 'queued' };
  if (path === '/runs/retry') return { account };
  return BODIES[path.split('/').at(-1) ?? ''] ?? {};
}

function without(text: string, things: Things): string {
  return Object.values(things).reduce((left, word: string) => left.replaceAll(word, '…'), text);
}

/** That an answer is what the document says. */
function assertFits(text: string, answer: string, where: string): void {
  const components = { schemas: ANSWER_SCHEMAS };
  const check = compileSchema({ $ref: `#/components/schemas/${answer}`, components });
  assert.deepEqual(check(JSON.parse(text) as Json), [], where);
}

test('a route that does not say who may call it does not start', async () => {
  await withTwoAccounts(async ({ runner }) => {
    const app = Fastify();
    const { store } = runner;
    addGuard(app, { store, callers: new Callers(store, 'x', Date.now), cookie: new SessionCookie(false) });
    assert.throws(() => app.get('/api/v1/new', () => 'x'), /GET \/api\/v1\/new does not say who may call it/);
  });
});

test('the table of routes, the server and the OpenAPI document name the same routes', async () => {
  await withTwoAccounts(async (setup) => {
    const push = { secret: 'x', pushed: () => {} };
    const app = createServer(setup.runner, { token: 'x', push });
    await app.ready();
    for (const route of Object.keys(ROUTE_ACCESS)) {
      const [method = '', url = ''] = route.split(' ');
      assert.ok(app.hasRoute({ method, url }), route);
    }
    const documented = (await operations(setup)).map(
      ({ method, path }) => `${method} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    const declared = Object.entries(ROUTE_ACCESS).flatMap(([route, access]) => ('open' in access ? [] : [route]));
    assert.deepEqual(documented.toSorted(), declared.toSorted());
    await app.close();
  });
});

test('every route of the OpenAPI document refuses a call without a token, and with a wrong one', async () => {
  await withTwoAccounts(async (setup) => {
    const things = await thingsOfDemo(setup);
    for (const operation of await operations(setup)) {
      for (const token of [undefined, 'wbt_wrong']) {
        const answer = await setup.call(token, operation.method, address(operation, things), bodyOf(operation, things));
        // The tries that failed are counted: after some it is 429.
        assert.ok([401, 429].includes(answer.status), `${operation.method} ${operation.path}: ${answer.status}`);
        assert.doesNotMatch(answer.text, new RegExp(CANARY));
      }
    }
  });
});

test('no route of the OpenAPI document gives or changes anything of another account', async () => {
  await withTwoAccounts(async (setup) => {
    const { call, keep, mint, token } = setup;
    const things = await thingsOfDemo(setup);
    await keep('mine');
    const foreign = await mint('admin', ['other']);
    for (const operation of await operations(setup)) {
      const { method, path, access } = operation;
      if (path === '/events') continue;
      const where = `${method} ${path}`;
      const answer = await call(foreign.token, method, address(operation, things), bodyOf(operation, things));
      const unasked = await call(
        foreign.token,
        method,
        address({ ...operation, parameters: [] }, things),
        bodyOf(operation, things),
      );
      assert.doesNotMatch(answer.text + unasked.text, new RegExp(CANARY), where);
      if (access.accounts === 'listed' || access.accounts === 'none') {
        assert.equal(answer.status, 200, where);
        assert.doesNotMatch(access.accounts === 'none' ? '' : answer.text + unasked.text, /demo/, where);
      } else {
        // What is another's is told like what is not there.
        const absent = await call(foreign.token, method, address(operation, NOTHING), bodyOf(operation, NOTHING));
        assert.equal(answer.status, 404, `${where}: ${answer.text}`);
        assert.deepEqual(without(answer.text, things), without(absent.text, NOTHING), where);
      }
      // What helps where there is nothing of that name does not name what others have.
      const mine = { ...NOTHING, account: 'other' };
      const missing = await call(foreign.token, method, address(operation, mine), bodyOf(operation, mine));
      if (access.accounts !== 'none') assert.doesNotMatch(missing.text, /demo|summarize/, where);
      if (method !== 'GET' || access.accounts === 'none') continue;
      // There was something to see.
      const own = await call(token, method, address(operation, things));
      assert.equal(own.status, 200, `${where}: ${own.text}`);
      assert.match(own.text, access.answer === 'SampleView' ? /"webhook"/ : new RegExp(`demo|${CANARY}`), where);
      if (!access.answer.includes('/')) assertFits(own.text, access.answer, where);
    }
  });
});

test('each route is closed to the roles below the one that it names, and open from there on', async () => {
  await withTwoAccounts(async (setup) => {
    const { call, mint } = setup;
    const all = await operations(setup);
    for (const role of ROLE_NAMES) {
      const { token } = await mint(role, 'all');
      for (const operation of all) {
        const { method, path, access } = operation;
        if (path === '/events') continue;
        const { status, text } = await call(token, method, address(operation, NOTHING), bodyOf(operation, NOTHING));
        const where = `${role}: ${method} ${path}: ${status} ${text}`;
        if (isAtLeast(role, access.role)) assert.ok(status !== 401 && status !== 403, where);
        else assert.equal(status, 403, where);
      }
    }
  });
});

test('events tell of the own accounts alone', async () => {
  await withTwoAccounts(async ({ url, mint, post, runner, keep }) => {
    const { token } = await mint('viewer', ['other']);
    const response = await fetch(`${url}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    const { body } = await post(JSON.stringify({ text: CANARY }));
    await runner.engine.finished(body.run ?? '');
    const mine = await keep('mine');
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('run_finished')) break;
    }
    assert.match(text, new RegExp(mine));
    assert.doesNotMatch(text, /demo/);
  });
});
