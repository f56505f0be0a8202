import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../../src/json/value.ts';
import { json, outputOf } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';
import { customer, jenny, listOf } from './stripe-objects.ts';

const service = new ServiceUnderTest('stripe', { api_key: 'rk_test_1' }, { account: 'acct_1' });

test('stripe: what goes along with every request; writes carry the key of the step', async () => {
  const { received } = await service.call('create_customer', {}, (_request, response) => json(response, jenny));
  const headers = received[0]?.headers ?? {};
  assert.equal(headers['authorization'], 'Bearer rk_test_1');
  assert.equal(headers['stripe-version'], '2025-09-30.clover');
  assert.equal(headers['stripe-account'], 'acct_1');
  assert.equal(headers['idempotency-key'], 'run-1:step');
  const { received: read } = await service.call('get_balance', {}, (_request, response) =>
    json(response, { available: [], pending: [] }),
  );
  assert.equal(read[0]?.headers['idempotency-key'], undefined);
});

test('stripe: the connection is tested, and named by the account; a restricted key may not read it', async () => {
  const named = { id: 'acct_1', object: 'account', settings: { dashboard: { display_name: 'Acme', timezone: 'UTC' } } };
  const unnamed = { id: 'acct_1', object: 'account', settings: { dashboard: { display_name: null, timezone: 'UTC' } } };
  const identity = async (status: number, answer: Json): Promise<Json> => {
    const { outcome } = await service.call(undefined, {}, (_request, response) => json(response, answer, status));
    return outputOf(outcome);
  };
  assert.deepEqual(await identity(200, named), { identity: 'Acme' });
  assert.deepEqual(await identity(200, unnamed), { identity: 'acct_1' });
  const restricted = {
    error: { type: 'invalid_request_error', message: 'The provided key does not have the required permissions.' },
  };
  assert.deepEqual(await identity(403, restricted), {
    identity: 'a restricted key, which may not read the name of its account',
  });
  const { outcome } = await service.call(undefined, {}, (_request, response) =>
    json(response, { error: { message: 'Invalid API Key provided' } }, 401),
  );
  assert.ok(!outcome.ok && outcome.failure.class === 'credential');
});

test('stripe: the next page begins after the last object', async () => {
  const { outcome, received } = await service.call('find_customers', { limit: 150 }, ({ url }, response) => {
    const further = url.includes('starting_after');
    json(response, { ...listOf('/v1/customers', { ...jenny, id: further ? 'cus_2' : 'cus_1' }), has_more: !further });
  });
  const { customers, more } = outputOf(outcome) as JsonObject;
  assert.deepEqual([Array.isArray(customers) && customers.length, more], [2, false]);
  assert.deepEqual(
    received.map(({ url }) => url),
    ['/v1/customers?limit=100', '/v1/customers?limit=100&starting_after=cus_1'],
  );
});

const failed = async (
  status: number,
  error: JsonObject,
  headers: { [name: string]: string } = {},
  action = 'refund_payment',
  input: JsonObject = { payment: 'pi_1' },
) => service.failure(action, input, status, { error }, headers);

test('stripe: declined cards, keys that lack a right, limits, broken keys', async () => {
  const declined = await failed(402, {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  });
  assert.deepEqual(
    [declined.class, declined.message],
    ['permanent', 'The card was declined (insufficient_funds): Your card has insufficient funds.'],
  );
  const right = await failed(403, {
    type: 'invalid_request_error',
    message: "Having the 'rak_charge_write' permission would allow this request to continue.",
  });
  assert.equal(right.class, 'credential');
  assert.match(right.message, /rak_charge_write/);
  assert.equal(
    (await failed(401, { type: 'invalid_request_error', message: 'Expired API Key provided' })).class,
    'credential',
  );
  assert.equal(
    (await failed(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' })).class,
    'retryable',
  );
  assert.equal(
    (await failed(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'in use' })).class,
    'retryable',
  );
  assert.equal(
    (await failed(400, { type: 'idempotency_error', message: 'Keys can only be used with the same parameters' })).class,
    'permanent',
  );
  assert.equal(
    (
      await failed(
        400,
        { type: 'invalid_request_error', code: 'parameter_missing', message: 'Missing' },
        { 'stripe-should-retry': 'true' },
      )
    ).class,
    'retryable',
  );
  assert.equal((await failed(500, { type: 'api_error', message: 'broken' })).class, 'uncertain');
});

test('stripe: a refund that nothing is there for, and one that was made', async () => {
  const poor = await failed(400, {
    type: 'invalid_request_error',
    code: 'balance_insufficient',
    message: 'Insufficient funds in Stripe account.',
  });
  assert.deepEqual([poor.class, /balance at Stripe/.test(poor.message)], ['credential', true]);
  const again = await failed(400, {
    type: 'invalid_request_error',
    code: 'charge_already_refunded',
    message: 'Charge ch_1 has already been refunded.',
  });
  assert.equal(again.message, 'The payment was paid back already.');
});

test('stripe: a customer that was deleted is told', async () => {
  const gone = { id: customer, object: 'customer', deleted: true };
  assert.equal((await service.failure('get_customer', { customer }, 200, gone)).message, 'The customer was deleted.');
});
