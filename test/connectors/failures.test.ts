import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterMs, type AnswerHeaders } from '../../src/connectors/retry-after.ts';
import type { Action, Answers } from '../../src/generated/connector.ts';
import type { Failure } from '../../src/run/failure.ts';
import { connectionSpec, failureOf, json, LocalService, outputOf } from './local-service.ts';

interface Answered {
  status?: number;
  body?: unknown;
  headers?: { [name: string]: string };
}

async function failureTo(
  { status = 400, body = {}, headers = {} }: Answered,
  answers: Answers,
  action: Partial<Action> = {},
): Promise<Failure> {
  let failure: Failure | undefined;
  await LocalService.during(
    (_request, response) => json(response, body, status, headers),
    async (service) => {
      const get = { request: { method: 'GET', path: '/' }, ...action };
      failure = failureOf(await service.call(connectionSpec(), get, { connector: { answers } }));
    },
  );
  assert.ok(failure);
  return failure;
}

test('a 401 of an unfunded account and a 429 that does not pass are told apart by what the service says', async () => {
  const answers: Answers = {
    message: '${{ response.body.error.message }}',
    errors: [
      {
        status: [401],
        contains: ['insufficient funds'],
        class: 'permanent',
        message: 'The account has no funds.',
        help: 'pay at shop.example/billing',
      },
      { status: [429], when: "${{ response.body.error.code === 'quota_exhausted' }}", class: 'permanent' },
    ],
  };
  const unfunded = await failureTo({ status: 401, body: { error: { message: 'Insufficient Funds' } } }, answers);
  assert.deepEqual(
    [unfunded.class, unfunded.message, unfunded.help],
    ['permanent', 'The account has no funds.', 'pay at shop.example/billing'],
  );
  const refused = await failureTo({ status: 401, body: { error: { message: 'bad key' } } }, answers);
  assert.deepEqual([refused.class, refused.message], ['credential', 'Shop answered 401: bad key']);
  const quota = {
    status: 429,
    headers: { 'retry-after': '5' },
    body: { error: { code: 'quota_exhausted', message: 'none left' } },
  };
  assert.deepEqual(
    [(await failureTo(quota, answers)).class, (await failureTo(quota, answers)).retryAfterMs],
    ['permanent', undefined],
  );
  const busy = await failureTo({ ...quota, body: { error: { code: 'rate', message: 'slow down' } } }, answers);
  assert.deepEqual([busy.class, busy.retryAfterMs], ['retryable', 5000]);
});

test('a service that answers 200 to everything', async () => {
  const answers: Answers = {
    success: { when: '${{ response.body.ok }}' },
    message: '${{ response.body.error }}',
    errors: [
      { when: "${{ ['invalid_auth', 'token_revoked'].includes(response.body.error) }}", class: 'credential' },
      {
        when: "${{ response.body.error === 'ratelimited' }}",
        class: 'retryable',
        wait: '${{ response.body.retry_in }}',
      },
    ],
  };
  const told = async (error: string): Promise<[string, string]> => {
    const { class: kind, message } = await failureTo({ status: 200, body: { ok: false, error } }, answers);
    return [kind, message];
  };
  assert.deepEqual(await told('invalid_auth'), ['credential', 'Shop answered 200: invalid_auth']);
  assert.deepEqual(await told('channel_not_found'), ['permanent', 'Shop answered 200: channel_not_found']);
  const busy = await failureTo({ status: 200, body: { ok: false, error: 'ratelimited', retry_in: 1.5 } }, answers);
  assert.deepEqual([busy.class, busy.retryAfterMs], ['retryable', 1500]);
  // What has no `ok` at all is no success either.
  assert.equal((await failureTo({ status: 200, body: [] }, answers)).class, 'permanent');
});

test('where a rule says that nobody knows, a write is uncertain and what may be done twice is tried again', async () => {
  const answers: Answers = {
    success: { when: '${{ response.body.ok }}' },
    errors: [{ when: "${{ response.body.error === 'fatal_error' }}", class: 'uncertain' }],
  };
  const broken = { status: 200, body: { ok: false, error: 'fatal_error' } };
  const classes = { read: 'retryable', idempotent: 'retryable', write: 'uncertain' } as const;
  for (const [effect, expected] of Object.entries(classes))
    assert.equal((await failureTo(broken, answers, { effect: effect as keyof typeof classes })).class, expected);
});

test('what an action says comes before what the connector says', async () => {
  const answers: Answers = { success: { status: [200] }, errors: [{ status: [404], class: 'credential' }] };
  assert.equal((await failureTo({ status: 404 }, answers)).class, 'credential');
  assert.equal(
    (await failureTo({ status: 404 }, answers, { errors: [{ status: [404], class: 'permanent' }] })).class,
    'permanent',
  );
  await LocalService.during(
    (_request, response) => json(response, { gone: true }, 404),
    async (service) => {
      const action = { request: { method: 'DELETE', path: '/x' }, response: { success: { status: [204, 404] } } };
      assert.deepEqual(outputOf(await service.call(connectionSpec(), action, { connector: { answers } })), {
        gone: true,
      });
    },
  );
});

const NOW = Date.parse('2026-01-01T00:00:00Z');
const FORMS: [string, AnswerHeaders, number | undefined][] = [
  ['seconds', { 'retry-after': '120' }, 120_000],
  ['seconds with a point', { 'retry-after': '0.25' }, 250],
  ['an HTTP date', { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, 60_000],
  ['a date that is past', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
  ['an instant where seconds are meant', { 'retry-after': '1767225660' }, 60_000],
  ['milliseconds before seconds', { 'retry-after-ms': '250', 'retry-after': '1' }, 250],
  ['milliseconds as Azure has them', { 'x-ms-retry-after-ms': '40' }, 40],
  ['no time', { 'retry-after': 'soon' }, undefined],
  ['less than nothing', { 'retry-after': '-5' }, undefined],
  ['nothing', {}, undefined],
  ['RateLimit-Reset in seconds', { 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, 30_000],
  ['X-RateLimit-Reset as an instant', { 'x-ratelimit-reset': String(NOW / 1000 + 9) }, 9000],
  ['X-Rate-Limit-Reset as an instant in milliseconds', { 'x-rate-limit-reset': String(NOW + 9) }, 9],
  ['X-RateLimit-Reset as a date', { 'x-ratelimit-reset': '2026-01-01T00:00:02Z' }, 2000],
  ['X-RateLimit-Reset-After', { 'x-ratelimit-reset-after': '1.5' }, 1500],
  [
    'a reset while requests are left says nothing',
    { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '30' },
    undefined,
  ],
  ['RateLimit of draft 7', { ratelimit: 'limit=100, remaining=0, reset=50' }, 50_000],
  ['RateLimit of draft 7 with requests left', { ratelimit: 'limit=100, remaining=9, reset=50' }, undefined],
  ['RateLimit of draft 8', { ratelimit: '"default";r=0;t=30' }, 30_000],
  [
    'RateLimit, the longest of those that are spent',
    { ratelimit: '"burst";r=0;t=2, "day, all";r=0;t=900, "hour";r=7;t=3000' },
    900_000,
  ],
  [
    'RateLimit without t: the window of the policy',
    { ratelimit: '"a";r=0', 'ratelimit-policy': '"b";q=1;w=1, "a";q=10;w=60;pk=:cHM=:' },
    60_000,
  ],
  ['RateLimit that nobody can read', { ratelimit: '"a' }, undefined],
  ['Retry-After before the others', { 'retry-after': '1', ratelimit: '"a";r=0;t=30', 'x-ratelimit-reset': '9' }, 1000],
];

for (const [form, headers, expected] of FORMS)
  test(`when to come again: ${form}`, () => assert.equal(retryAfterMs(headers, NOW), expected));

test('when to come again: headers that the connector names', () => {
  const asked = (
    as: 'seconds' | 'milliseconds' | 'epoch_seconds' | 'epoch_milliseconds' | 'date' | 'duration',
    text: string,
  ): number | undefined => retryAfterMs({ 'x-when': text }, NOW, [{ header: 'X-When', as }]);
  assert.equal(asked('seconds', '2'), 2000);
  assert.equal(asked('milliseconds', '2'), 2);
  assert.equal(asked('epoch_seconds', String(NOW / 1000 + 2)), 2000);
  assert.equal(asked('epoch_milliseconds', String(NOW + 2)), 2);
  assert.equal(asked('date', '2026-01-01T00:00:02Z'), 2000);
  assert.deepEqual(
    ['6m0s', '20ms', '1h', '1.5s', 'soon'].map((text) => asked('duration', text)),
    [360_000, 20, 3_600_000, 1500, undefined],
  );
});

test('a write that a broken service may have done is uncertain, one that is to come again is not', async () => {
  const write = { effect: 'write', request: { method: 'POST', path: '/' } } as const;
  for (const [status, kind] of [
    [500, 'uncertain'],
    [502, 'uncertain'],
    [503, 'retryable'],
    [429, 'retryable'],
    [422, 'permanent'],
  ] as const)
    assert.equal((await failureTo({ status }, {}, write)).class, kind, String(status));
  assert.equal((await failureTo({ status: 500 }, {})).class, 'retryable', 'what reads');
});
