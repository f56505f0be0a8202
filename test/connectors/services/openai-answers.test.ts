import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../src/json/value.ts';
import { json, outputOf } from '../local-service.ts';
import { ServiceUnderTest } from './contract.ts';
import { message, response } from './openai-objects.ts';

const service = new ServiceUnderTest('openai', { api_key: 'sk-1' });

test('openai: what goes along with every request', async () => {
  const fields = { organization: 'org-1', project: 'proj_1', host: 'eu.api.openai.com', model: 'gpt-5.5' };
  const own = new ServiceUnderTest('openai', { api_key: 'sk-1' }, fields);
  const { received } = await own.call('message_to_ai', { prompt: 'Hi' }, (_request, answer) =>
    json(answer, response([message('Hello')], 1, 1)),
  );
  const [request] = received;
  assert.ok(request);
  const { headers, body } = request;
  assert.deepEqual(
    [headers['authorization'], headers['openai-organization'], headers['openai-project']],
    ['Bearer sk-1', 'org-1', 'proj_1'],
  );
  assert.deepEqual(own.plan.hosts, ['eu.api.openai.com']);
  assert.deepEqual(JSON.parse(body), { model: 'gpt-5.5', store: false, input: [{ role: 'user', content: 'Hi' }] });
  const { received: plain } = await service.call('list_models', {}, (_request, answer) => json(answer, { data: [] }));
  assert.ok(!('openai-organization' in (plain[0]?.headers ?? {})));
});

test('openai: the connection is tested, and named by the organization', async () => {
  const { outcome } = await service.call(undefined, {}, (_request, answer) =>
    json(answer, { object: 'list', data: [] }, 200, { 'openai-organization': 'acme-abc123' }),
  );
  assert.deepEqual(outputOf(outcome), { identity: 'acme-abc123' });
  const { outcome: unnamed } = await service.call(undefined, {}, (_request, answer) => json(answer, { data: [] }));
  assert.ok(unnamed.ok);
});

test('openai: an answer that was cut off, a refusal, and what failed on the way', async () => {
  const cut = response([message('The quarterly')], 48, 200, {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  });
  const { outcome } = await service.call('message_to_ai', { prompt: 'Hi' }, (_request, answer) => json(answer, cut));
  const { text, status, stop_reason } = outputOf(outcome) as JsonObject;
  assert.deepEqual([text, status, stop_reason], ['The quarterly', 'incomplete', 'max_output_tokens']);
  const refused = response(
    [{ type: 'message', content: [{ type: 'refusal', refusal: 'I cannot help with that.' }] }],
    9,
    9,
  );
  const { outcome: no } = await service.call('message_to_ai', { prompt: 'Hi' }, (_request, answer) =>
    json(answer, refused),
  );
  const said = outputOf(no) as JsonObject;
  assert.deepEqual([said['text'], said['refusal']], ['', 'I cannot help with that.']);
  const extract = { text: 'Ada', schema: { type: 'object', properties: {} } };
  assert.match(
    (await service.failure('extract_data', extract, 200, cut)).message,
    /cut off before its end: max_output_tokens/,
  );
  assert.match((await service.failure('extract_data', extract, 200, refused)).message, /refused: I cannot help/);
  const broken = response([], 0, 0, { status: 'failed', error: { code: 'server_error', message: 'sorry' } });
  assert.equal((await service.failure('message_to_ai', { prompt: 'Hi' }, 200, broken)).class, 'retryable');
});

const failed = (status: number, error: JsonObject, headers: { [name: string]: string } = {}) =>
  service.failure('message_to_ai', { prompt: 'Hi' }, status, { error }, headers);

test('openai: a 429 that passes by waiting, one of an empty account, one of a budget, one that never passes', async () => {
  const pace = {
    type: 'requests',
    code: 'rate_limit_exceeded',
    message: 'Rate limit reached for gpt-5.4 on requests per min (RPM): Limit 3. Please try again in 20s.',
  };
  const told = await failed(429, pace);
  assert.deepEqual([told.class, told.retryAfterMs], ['retryable', 20_000]);
  const byHeader = await failed(429, { ...pace, message: 'Slow down.' }, { 'x-ratelimit-reset-tokens': '1m30s' });
  assert.deepEqual([byHeader.class, byHeader.retryAfterMs], ['retryable', 90_000]);
  const after = await failed(429, pace, { 'retry-after': '7' });
  assert.equal(after.retryAfterMs, 7000);
  const empty = await failed(429, {
    type: 'insufficient_quota',
    code: 'credit_balance_exhausted',
    message: 'No credit.',
  });
  assert.equal(empty.class, 'credential');
  assert.match(empty.message, /no credit left/);
  assert.match(empty.help ?? '', /billing/);
  assert.equal(
    (
      await failed(429, {
        type: 'insufficient_quota',
        code: 'insufficient_quota',
        message: 'You exceeded your current quota.',
      })
    ).class,
    'credential',
  );
  const spent = await failed(429, {
    type: 'insufficient_quota',
    code: 'project_spend_limit_exceeded',
    message: 'Spent.',
  });
  assert.deepEqual([spent.class, /limits/.test(spent.help ?? '')], ['permanent', true]);
  const large = await failed(429, {
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message: 'Request too large for gpt-5.4 on tokens per min (TPM): Limit 10000, Requested 12000.',
  });
  assert.equal(large.class, 'permanent');
});

test('openai: keys, rights, models and lengths', async () => {
  const bad = await failed(401, {
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: 'Incorrect API key provided.',
  });
  assert.deepEqual([bad.class, bad.message], ['credential', 'OpenAI answered 401: Incorrect API key provided.']);
  const right = await failed(403, {
    message: 'You have insufficient permissions for this operation. Missing scopes: api.responses.write.',
  });
  assert.equal(right.class, 'credential');
  assert.match(right.message, /Missing scopes: api.responses.write/);
  assert.match(
    (await failed(404, { code: 'model_not_found', message: 'The model x does not exist' })).help ?? '',
    /list_models/,
  );
  assert.match(
    (await failed(400, { code: 'context_length_exceeded', message: 'Too long' })).message,
    /longer than the model takes/,
  );
  assert.equal((await failed(503, { message: 'overloaded' })).class, 'retryable');
});
