import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../src/json/value.ts';
import type { Failure } from '../../src/run/failure.ts';
import { recordCase, type FinishedRecord } from '../../src/testing/record.ts';
import { NotRecordable, type RecordedStep } from '../../src/testing/recorded-run.ts';
import { TestRunner } from '../../src/testing/run-tests.ts';
import { planOf } from './run-text.ts';

const get = { id: 'get', uses: 'http.get', with: { url: 'https://api.example.com/' }, retry: { attempts: 2 } };

function step(
  path: string,
  uses: string,
  ...attempts: { input?: Json; output?: Json; failure?: Failure }[]
): RecordedStep {
  const full = attempts.map(({ input = {}, output, failure }) => ({ input, output, failure }));
  return { path, uses, status: full.at(-1)?.failure === undefined ? 'succeeded' : 'failed', attempts: full };
}

function done(path: string): RecordedStep {
  return { path, uses: undefined, status: 'succeeded', attempts: [] };
}

function runOf(steps: RecordedStep[], more: Partial<FinishedRecord> = {}): FinishedRecord {
  const created_at = '2026-03-01T12:00:00.000Z';
  return { id: 'the-id', status: 'succeeded', created_at, trigger: { body: {} }, steps, ...more };
}

function record(
  steps: object[],
  run: FinishedRecord,
  keep: string[] = [],
  more: object = {},
): ReturnType<typeof recordCase> {
  return recordCase('one', run, planOf(steps, more), { runner: new TestRunner(), keep });
}

function failure(code: Failure['code'], more: Partial<Failure> = {}): { failure: Failure } {
  return { failure: { class: 'permanent', code, message: 'x', ...more } };
}

test('the storage before is what the first operation on each key tells', async () => {
  const steps = [
    { id: 'look', uses: 'storage.get', with: { key: 'a' } },
    { id: 'count', uses: 'storage.increment', with: { key: 'n', by: 2 } },
    { id: 'write', uses: 'storage.set', with: { key: 'w', value: 1 } },
    { id: 'drop', uses: 'storage.delete', with: { key: 'd' } },
    { id: 'all', uses: 'storage.list', with: { prefix: '' } },
  ];
  const entries = [
    { key: 'a', value: 'x' },
    { key: 'n', value: 7 },
    { key: 'old', value: true },
    { key: 'w', value: 1 },
  ];
  const { storage, expect } = await record(
    steps,
    runOf([
      step('look', 'storage.get', { input: { key: 'a' }, output: { found: true, value: 'x' } }),
      step('count', 'storage.increment', { input: { key: 'n', by: 2 }, output: { value: 7 } }),
      step('write', 'storage.set', { input: { key: 'w', value: 1 }, output: { key: 'w' } }),
      step('drop', 'storage.delete', { input: { key: 'd' }, output: { deleted: true } }),
      step('all', 'storage.list', { input: { prefix: '' }, output: { entries } }),
    ]),
    ['old'],
  );
  assert.deepEqual(storage, { a: 'x', n: 5, d: null, old: true });
  assert.deepEqual(expect.storage, { a: 'x', n: 7, old: true, w: 1 });
});

test('failures become answers and faults again', async () => {
  const cases: [Failure['code'], Partial<Failure>, object][] = [
    ['http_status', { status: 404, details: { message: 'none' } }, { status: 404, body: { message: 'none' } }],
    ['timeout', { class: 'retryable' }, { fault: 'no_answer' }],
    ['tls', { class: 'retryable' }, { fault: 'bad_certificate' }],
    ['connection_cut', { class: 'retryable' }, { fault: 'cut' }],
  ];
  for (const [code, more, answer] of cases) {
    const attempts = Array.from({ length: more.class === 'retryable' ? 2 : 1 }, () => failure(code, more));
    const run = runOf([step('get', 'http.get', ...attempts)], { status: 'failed' });
    const { answers, expect } = await record([get], run, ['none', 'message']);
    assert.deepEqual(answers, [{ to: { step: 'get' }, with: attempts.map(() => answer) }]);
    assert.deepEqual(expect.error, { code, step: 'get' });
  }
});

test('what does not happen in tests cannot be recorded', async () => {
  const run = runOf([step('get', 'http.get', failure('credential_not_opened'))], { status: 'failed' });
  await assert.rejects(record([get], run), /step get failed with credential_not_opened/);
});

test('a run that look-alikes would lead another way is not recorded, until what leads it is kept', async () => {
  const amount = { type: 'object', properties: { amount: { type: 'integer' } } };
  const trigger = { webhook: { body: amount, verify: 'none' } };
  const steps = [
    { id: 'large', if: '${{ (trigger.body.amount ?? 0) === 1000 + 987 }}', set: { yes: true } },
    { id: 'after', set: { no: false } },
  ];
  const run = runOf([done('large'), done('after')], { trigger: { body: { amount: 1987 } } });
  await assert.rejects(record(steps, run, [], { trigger }), (error) => {
    assert.ok(error instanceof NotRecordable);
    assert.match(error.message, /step large was succeeded and is not done/);
    return true;
  });
  const kept = await record(steps, run, ['1987'], { trigger });
  assert.deepEqual(kept.trigger, { body: { amount: 1987 } });
});

test('each turn of a loop has its own answers', async () => {
  const each = { id: 'each', for_each: '${{ [1, 2] }}', steps: [get], output: '${{ steps.get.body ?? 0 }}' };
  const turns = ['first text', 'second text'].map((body, turn) =>
    step(`each[${turn}].get`, 'http.get', { output: { status: 200, headers: {}, body } }),
  );
  const { answers } = await record([each], runOf([done('each'), ...turns]), ['first', 'second text']);
  assert.deepEqual(
    answers?.map(({ to, with: [first] }) => [to?.step, first?.output]),
    [
      ['each[0].get', { status: 200, headers: {}, body: 'first text' }],
      ['each[1].get', { status: 200, headers: {}, body: 'second text' }],
    ],
  );
});
