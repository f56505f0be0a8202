import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../src/run/failure.ts';
import { coverageOf } from '../../src/testing/coverage.ts';
import { recordCase } from '../../src/testing/record.ts';
import { TestRunner } from '../../src/testing/run-tests.ts';
import { passes, planOf, runCases } from './run-text.ts';

const count = { id: 'count', uses: 'storage.increment', with: { key: 'n', by: 1 } };
const get = { id: 'get', uses: 'http.get', with: { url: 'https://api.example.com/' } };
const arms = [
  { if: '${{ steps.count.value === 1 }}', steps: [get], output: { first: '${{ steps.get.status }}' } },
  { if: '${{ steps.count.value === 2 }}', steps: [{ ...get, id: 'other' }], output: { second: '${{ run.id }}' } },
];
const STEPS = [
  {
    id: 'all',
    retry: { attempts: 3 },
    branches: { one: { steps: [count, { id: 'way', switch: arms, else: { steps: [{ id: 'no', fail: 'no' }] } }] } },
  },
];
const STEPS_THAT_RAN = ['all', 'count', 'way', 'get', 'all~2', 'all~2.count', 'all~2.way', 'all~2.other'];

/** A step as it is recorded. */
const made = (path: string, uses: string | undefined, attempt?: object): object => ({
  path,
  uses,
  status: path === 'way' || path === 'get' ? 'failed' : 'succeeded',
  attempts: attempt === undefined ? [] : [{ input: {}, output: undefined, failure: undefined, ...attempt }],
});

test('a case goes through the tries of a step, by its clock', async () => {
  await passes(STEPS, {
    answers: [
      { to: { step: 'get' }, with: [{ status: 404 }] },
      { to: { step: 'all~2.other' }, with: [{ status: 200 }] },
    ],
    expect: {
      status: 'succeeded',
      steps: STEPS_THAT_RAN,
      attempts: { all: 2, count: 2, get: 1 },
      waits: { all: ['1s'] },
      took: '1s',
    },
  });
});

test('an answer to a step is one to all its tries', async () => {
  const steps = [
    { id: 'way', retry: { attempts: 2 }, switch: [{ if: '${{ run.id !== account.name }}', steps: [get] }] },
  ];
  await passes(steps, {
    answers: [{ to: { step: 'get' }, with: [{ status: 404 }, { status: 200 }] }],
    expect: { status: 'succeeded', attempts: { get: 2, way: 2 } },
  });
});

test('a call whose time was over is made again after a wait', async () => {
  const greet = { name: 'Greet', trigger: { manual: {} }, steps: [count], output: 'Hello' };
  const steps = [{ id: 'go', call: 'greet', timeout: '1m', retry: { attempts: 2 } }];
  const answers = [{ to: { step: 'go~2' }, with: [{ output: 'Good morning' }] }];
  const expect = {
    status: 'succeeded',
    output: 'Good morning',
    attempts: { go: 2 },
    waits: { go: ['1s'] },
    took: '61s',
  };
  const one = { name: 'one', trigger: { body: {} }, answers, expect };
  const { cases } = await runCases(steps, [one], { output: '${{ steps.go }}' }, { greet });
  assert.deepEqual(
    cases.map(({ problems, differences }) => [problems, differences]),
    [[[], []]],
  );
});

test('what is covered is told of each try', async () => {
  const answers = [
    { to: { step: 'get' }, with: [{ status: 404 }] },
    { to: { step: 'other' }, with: [{ status: 200 }] },
  ];
  const expect = { status: 'succeeded' };
  const { cases } = await runCases(STEPS, [{ name: 'one', trigger: { body: {} }, answers, expect }]);
  const { items } = coverageOf(
    planOf(STEPS),
    cases.map(({ run }) => run),
  );
  const covered = Object.fromEntries(items.map(({ name, covered: yes }) => [name, yes]));
  assert.deepEqual(
    ['get', 'other', 'no', 'way: arm 1: output.first', 'way: arm 2: output.second'].map((name) => covered[name]),
    [true, true, false, false, true],
  );
});

test('a switch that was tried again went through its arm, not through none', async () => {
  const steps = [
    { id: 'way', retry: { attempts: 2 }, switch: [{ if: '${{ run.id !== account.name }}', steps: [get] }] },
  ];
  const answers = [{ to: { step: 'get' }, with: [{ status: 404 }, { status: 200 }] }];
  const one = { name: 'one', trigger: { body: {} }, answers, expect: { status: 'succeeded' } };
  const { cases } = await runCases(steps, [one]);
  const { items } = coverageOf(
    planOf(steps),
    cases.map(({ run }) => run),
  );
  const missing = items.filter(({ covered }) => !covered).map(({ name }) => name);
  assert.deepEqual(missing, ['way: no arm']);
});

test('a run in which a step was tried again becomes a test', async () => {
  const failure: Failure = { class: 'permanent', code: 'http_status', message: 'no', status: 404 };
  const answer = { status: 200, headers: {}, body: 'ok' };
  const recorded = [
    made('all', undefined),
    made('count', 'storage.increment', { input: { key: 'n', by: 1 }, output: { value: 1 } }),
    made('way', undefined),
    made('get', 'http.get', { failure }),
    made('all~2', undefined),
    made('all~2.count', 'storage.increment', { input: { key: 'n', by: 1 }, output: { value: 2 } }),
    made('all~2.way', undefined),
    made('all~2.other', 'http.get', { output: answer }),
  ];
  const run = { id: 'r', status: 'succeeded', created_at: '2026-03-01T12:00:00.000Z', trigger: { body: {} } };
  const record = { ...run, steps: recorded } as Parameters<typeof recordCase>[1];
  const { answers } = await recordCase('one', record, planOf(STEPS), { runner: new TestRunner(), keep: [] });
  assert.deepEqual(
    answers?.map(({ to }) => to?.step),
    ['all~2.other', 'get'],
  );
});
