import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf, type LimitedCaller } from '../../src/engine/limits.ts';
import type { Auth, Limits, Plan } from '../../src/generated/plan.ts';

const SEND: LimitedCaller = { connector: 'chat', connection: 'team', action: 'send' };

function planOf(service: Limits | undefined, action: Limits | undefined): Plan {
  const send = { effect: 'write', input: {}, output: {}, ...(action && { limits: action }) };
  const chat = { title: 'Chat', version: '1.0.0', actions: { send }, ...(service && { limits: service }) };
  const connections = { team: { connector: 'chat', fields: { site: 'a' }, hosts: [], secrets: [] } };
  return { account: 'acme', connectors: { chat }, connections } as Partial<Plan> as Plan;
}

test('calls of a connection share one limit, without numbers where the connector gives none', () => {
  const limits = limitsOf(planOf(undefined, undefined), SEND)({});
  assert.deepEqual(limits, [{ key: 'chat acme/team', requests: [], concurrency: Number.POSITIVE_INFINITY }]);
});

test('the service’s limits come before the action’s; what shares them is told by fields', () => {
  const service = { concurrency: 2, shared_by: '${{ connection.site }}' };
  const action = { requests: [{ count: 5, period: '1m' }] };
  const plan = planOf(service, action);
  assert.deepEqual(limitsOf(plan, SEND)({}), [
    { key: 'chat "a"', requests: [], concurrency: 2 },
    { key: 'chat.send acme/team', requests: [{ count: 5, periodMs: 60_000 }], concurrency: Number.POSITIVE_INFINITY },
  ]);
  assert.equal(limitsOf(plan, { connector: 'chat', connection: 'team' })({}).length, 1);
});

test('each value of a part of the input has a limit of its own beside the common one', () => {
  const requests = [
    { count: 200, period: '1m' },
    { count: 1, period: '1s', per: '${{ input.channel }}' },
  ];
  const limits = limitsOf(planOf(undefined, { requests }), SEND);
  const [, common, own] = limits({ channel: 'C1' });
  assert.deepEqual(common?.requests, [{ count: 200, periodMs: 60_000 }]);
  assert.deepEqual(own?.requests, [{ count: 1, periodMs: 1000 }]);
  assert.equal(limits({ channel: 'C1' })[2]?.key, own?.key);
  assert.notEqual(limits({ channel: 'C2' })[2]?.key, own?.key);
  assert.equal(limits({ channel: 'C2' })[1]?.key, common?.key);
  assert.equal(limits({}).length, 3);
});

/** Whose limits the calls of an account are that uses a shared credential. */
function holder(account: string, auth: Auth, hosts = ['api.chat.example']): string | undefined {
  const chat = { title: 'Chat', version: '1.0.0', actions: {}, connection: { fields: {}, hosts, auth } };
  const connections = { team: { connector: 'chat', fields: {}, hosts, secrets: ['key'], shared: 'chat-key' } };
  const plan = { account, connectors: { chat }, connections } as Partial<Plan> as Plan;
  return limitsOf(plan, SEND)({})[0]?.key;
}

test('accounts that call with the same key share its limits; those whose people consent to an app do not', () => {
  const bearer: Auth = { type: 'bearer', token: '${{ connection.key }}' };
  assert.equal(holder('acme', bearer), holder('globex', bearer));
  assert.notEqual(holder('acme', bearer), holder('globex', bearer, ['globex.chat.example']));
  const tokens = {
    token_url: 'https://chat.example/token',
    client_id: '${{ connection.id }}',
    client_secret: '${{ connection.key }}',
  };
  const own: Auth = { type: 'oauth2', grant: 'client_credentials', ...tokens };
  assert.equal(holder('acme', own), holder('globex', own));
  const consented: Auth = {
    type: 'oauth2',
    grant: 'authorization_code',
    authorize_url: 'https://chat.example/consent',
    ...tokens,
  };
  assert.equal(holder('acme', consented), 'chat acme/team');
});
