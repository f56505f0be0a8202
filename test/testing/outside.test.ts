import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passes, runCases } from './run-text.ts';

const ask = { id: 'ask', wait: { approval: { message: 'Pay?', expires: '2h' } }, on_error: 'continue' };
const expect = { status: 'succeeded', output: 'Ada' };
const output = '${{ steps.ask?.by ?? "nobody" }}'.replaceAll('"', "'");

test('a case says what a person decides, or lets the time pass by its clock', async () => {
  const decision = { approved: true, by: 'Ada', at: '2026-01-01T00:00:00Z' };
  const answers = [{ to: { step: 'ask' }, with: [{ output: decision }] }];
  await passes([ask], { name: 'yes', trigger: { body: {} }, answers, expect }, { output });
  const nobody = { status: 'succeeded', output: 'nobody', took: '2h' };
  await passes([ask], { name: 'no', trigger: { body: {} }, expect: nobody }, { output });
});

test('a wait for a time goes on at once by the clock of the case', async () => {
  const steps = [{ id: 'pause', wait: { for: '3d' } }];
  await passes(steps, { name: 'later', trigger: { body: {} }, expect: { took: '3d', status: 'succeeded' } });
});

test('an event that the case does not tell of fails it, with what to add', async () => {
  const steps = [{ id: 'paid', wait: { event: { payload: { type: 'integer' } } } }];
  const more = { output: '${{ steps.paid }}' };
  await passes(
    steps,
    {
      name: 'told',
      trigger: { body: {} },
      answers: [{ to: { step: 'paid' }, with: [{ output: 12 }] }],
      expect: { output: 12 },
    },
    more,
  );
  const open = { name: 'open', trigger: { body: {} }, expect: { output: 12 } };
  const { cases } = await runCases(steps, [open], more);
  assert.match(JSON.stringify(cases), /step paid waits for what nothing gives/);
});

test('a case says what a called automation gives', async () => {
  const called = {
    name: 'Greet',
    trigger: { manual: { input: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } },
    steps: [{ id: 'text', set: { hello: 'Hello, ${{ trigger.input.name }}' } }],
    output: '${{ steps.text.hello }}',
  };
  const steps = [
    { id: 'greet', call: 'greet', with: { name: 'Ada' } },
    { id: 'later', call: 'greet', with: { name: 'Bob' }, wait_for_end: false },
  ];
  const answers = [{ to: { step: 'greet' }, with: [{ output: 'Good morning' }] }];
  const more = { output: '${{ steps.greet }}' };
  const greeted = { name: 'greeted', trigger: { body: {} }, answers, expect: { output: 'Good morning' } };
  const { cases } = await runCases(steps, [greeted], more, { greet: called });
  assert.deepEqual(
    cases.map(({ problems, differences }) => [problems, differences]),
    [[[], []]],
  );
});

test('a step that ends at its time does so by the clock of the case, and a long loop is a loop', async () => {
  const asked = {
    id: 'asked',
    timeout: '3h',
    branches: { one: { steps: [{ id: 'ask', wait: { approval: { message: 'Pay?' } } }] } },
    on_error: [{ id: 'late', uses: 'storage.set', with: { key: 'late', value: '${{ error.code }}' } }],
  };
  const late = { status: 'succeeded', storage: { late: 'step_timeout' }, took: '3h' } as const;
  await passes([asked], { name: 'late', trigger: { body: {} }, expect: late });
  const loop = {
    id: 'each',
    for_each: '${{ trigger.body.list }}',
    steps: [{ id: 'add', uses: 'storage.increment', with: { key: 'n', by: 1 } }],
  };
  const list = Array.from({ length: 1200 }, (_, n) => n);
  const body = {
    type: 'object',
    required: ['list'],
    properties: { list: { type: 'array', items: { type: 'integer' } } },
  };
  const more = { trigger: { webhook: { body, verify: 'none' } } };
  await passes([loop], { name: 'long', trigger: { body: { list } }, expect: { storage: { n: 1200 } } }, more);
});
